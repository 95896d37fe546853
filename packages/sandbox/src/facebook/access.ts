import type { Control } from '../server/control.js';
import type { System } from '../server/listen.js';
import type { Shop } from '../shop/model.js';
import { facebookActions } from './actions.js';
import { GraphApi } from './graph-api.js';
import { NOVEL_ACCOUNT, novelAccount } from './novel-account.js';
import { AdPlatform } from './platform.js';

/** How the Graph API stand-in is reached, and its data. */
export interface FacebookAccess {
  /** What stands for `https://graph.facebook.com`: versions lie below it. */
  readonly baseUrl: string;
  /** The token that is valid now. */
  readonly token: string;
  /** Digits of the Novel shop's ad account. */
  readonly accountId: string;
  readonly platform: AdPlatform;
}

/** The stand-in's system (`graph`) with the shop's account, its actions registered. */
export function makeFacebook(
  shop: Shop,
  control: Control,
): { systems: [string, System][]; access: (rootUrl: string) => FacebookAccess } {
  const platform = new AdPlatform(control.clock);
  platform.addAccount(novelAccount(shop));
  control.register(facebookActions(platform, control.clock, control.faults));
  const access = (rootUrl: string): FacebookAccess => ({
    baseUrl: `${rootUrl}/graph`,
    get token() {
      return platform.token;
    },
    accountId: NOVEL_ACCOUNT,
    platform,
  });
  return { systems: [['graph', new GraphApi(platform)]], access };
}
