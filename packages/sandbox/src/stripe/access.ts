import type { Control } from '../server/control.js';
import type { System } from '../server/listen.js';
import type { Shop } from '../shop/model.js';
import { stripeActions } from './actions.js';
import { StripeKeys } from './keys.js';
import { fillWithPayments } from './novel-account.js';
import { defaultStripeSettings, type StripeSettings } from './settings.js';
import { StripeAccount } from './stripe-account.js';
import { StripeApi } from './stripe-api.js';

/** How the Stripe stand-in is reached, and its data. */
export interface StripeAccess {
  /** What stands for `https://api.stripe.com`; the API lies below `/v1`. */
  readonly baseUrl: string;
  /** Id of the shop's account. */
  readonly accountId: string;
  /** An account connected to the shop's; it is empty at first. */
  readonly connectedId: string;
  /** A secret key of the shop's account. */
  readonly key: string;
  /** A secret key of an account that has nothing to do with the shop. */
  readonly foreignKey: string;
  readonly settings: StripeSettings;
  readonly account: StripeAccount;
  readonly connected: StripeAccount;
}

const PLATFORM = 'acct_1NovelShop';
const CONNECTED = 'acct_1NovelBooks';
const FOREIGN = 'acct_1SomebodyElse';

/** The stand-in (`/stripe/v1/...`), its actions registered, the shop's payments in its account. */
export function makeStripe(
  shop: Shop,
  control: Control,
): { systems: [string, System][]; access: (rootUrl: string) => StripeAccess } {
  const { clock } = control;
  const settings = defaultStripeSettings();
  const keys = new StripeKeys();
  const accounts = new Map([PLATFORM, CONNECTED, FOREIGN].map((id) => [id, new StripeAccount(id, settings, clock)]));
  const platform = accounts.get(PLATFORM)!;
  const world = { accounts, platform: PLATFORM, keys, settings, clock };
  fillWithPayments(platform, shop);
  platform.create('account', { id: CONNECTED }, { atMs: Date.parse(`${shop.firstDay}T09:00:00Z`) });
  control.register(stripeActions(world));
  const key = keys.issue(PLATFORM);
  const foreignKey = keys.issue(FOREIGN);
  const access = (rootUrl: string): StripeAccess => ({
    baseUrl: `${rootUrl}/stripe`,
    accountId: PLATFORM,
    connectedId: CONNECTED,
    key,
    foreignKey,
    settings,
    account: platform,
    connected: accounts.get(CONNECTED)!,
  });
  return { systems: [['stripe', new StripeApi(world)]], access };
}
