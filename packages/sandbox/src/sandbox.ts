import { fillWithNovel } from './airbyte/novel-workspace.js';
import { AirbyteStandIn } from './airbyte/stand-in.js';
import { type BigQueryAccess, makeBigQuery } from './bigquery/access.js';
import { bubbleActions } from './bubble/actions.js';
import { BubbleApp } from './bubble/app.js';
import { BubbleDataApi } from './bubble/data-api.js';
import { fillWithShop } from './bubble/novel-types.js';
import { type FacebookAccess, makeFacebook } from './facebook/access.js';
import type { Control } from './server/control.js';
import { textAnswer } from './server/exchange.js';
import { listen, type System } from './server/listen.js';
import { makeControl } from './server/serve-stand-in.js';
import { makeShop } from './shop/make-shop.js';
import type { Shop, ShopOptions } from './shop/model.js';
import { makeSnowflake, type SnowflakeAccess } from './snowflake/access.js';
import { makeStripe, type StripeAccess } from './stripe/access.js';

/** What a sandbox is made of. */
export interface SandboxOptions extends ShopOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** The sandbox's time, ISO text or milliseconds; default 2024-09-01T08:00:00.000Z. It moves by the control only. */
  readonly now?: string | number;
}

/** A running sandbox. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** The facts that every stand-in was filled from. */
  readonly shop: Shop;
  readonly control: Control;
  readonly bubble: BubbleAccess;
  readonly bigquery: BigQueryAccess;
  readonly stripe: StripeAccess;
  readonly facebook: FacebookAccess;
  readonly airbyte: AirbyteAccess;
  readonly snowflake: SnowflakeAccess;
  /** Stops the server and drops open connections. */
  close(): Promise<void>;
}

/** How the Bubble stand-in is reached, and its data. */
export interface BubbleAccess {
  /** The app's address, as `app_url` would be: `/api/1.1` and environments lie below it. */
  readonly appUrl: string;
  /** Root of the live API. */
  readonly baseUrl: string;
  /** Current administrator token. */
  readonly token: string;
  /** Current token of a user without administrator rights. */
  readonly userToken: string;
  readonly app: BubbleApp;
}

/** How the Airbyte stand-in is reached. */
export interface AirbyteAccess {
  /** What stands for `https://host`. */
  readonly url: string;
  readonly server: AirbyteStandIn;
}

const DEFAULT_NOW = '2024-09-01T08:00:00.000Z';

/**
 * Starts the stand-ins on one loopback server: `/bubble/...`, `/bigquery/v2/...` with `/oauth/token`, `/stripe/v1/...`,
 * `/graph/v<version>/...`, `/airbyte/api/...` with the workspace Novel, and the control at `/__control/<action>`. An
 * address that is nobody's Bubble app is `/unknown-app`.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const seed = options.seed ?? 1;
  const shop = makeShop(options);
  const control = makeControl(options.now ?? DEFAULT_NOW);
  const { clock } = control;
  const app = makeBubbleApp(seed, shop);
  control.register(bubbleActions(app, clock));
  const bigquery = makeBigQuery(shop, control);
  const stripe = makeStripe(shop, control);
  const facebook = makeFacebook(shop, control);
  const airbyte = new AirbyteStandIn({}, control);
  fillWithNovel(airbyte);
  const snowflake = makeSnowflake();
  control.register(snowflake.actions);
  const systems = new Map<string, System>([
    ['airbyte', airbyte.api],
    ['bubble', new BubbleDataApi(app, clock)],
    ...bigquery.systems,
    ...stripe.systems,
    ...facebook.systems,
    ...snowflake.systems,
    ['unknown-app', { handle: () => textAnswer(400, 'App not found'), expireTokens: () => undefined }],
  ]);
  const listener = await listen(options.port ?? 0, systems, control);
  const bubble: BubbleAccess = {
    appUrl: `${listener.url}/bubble`,
    baseUrl: `${listener.url}/bubble/api/1.1`,
    app,
    get token() {
      return app.adminToken;
    },
    get userToken() {
      return app.userToken;
    },
  };
  const { url } = listener;
  const close = async () => {
    await listener.close();
    await snowflake.close();
  };
  return {
    url,
    shop,
    control,
    bubble,
    bigquery: bigquery.access(url),
    stripe: stripe.access(url),
    facebook: facebook.access(url),
    airbyte: { url: `${url}/airbyte`, server: airbyte },
    snowflake: snowflake.access(url),
    close,
  };
}

/** The live data is the shop; `version-test` holds a small shop of its own. */
function makeBubbleApp(seed: number, shop: Shop): BubbleApp {
  const app = new BubbleApp(seed);
  fillWithShop(app.environment('live'), shop);
  const testShop = makeShop({ seed: seed + 1_000_003, users: 5, orders: 3, idleVisits: 0 });
  fillWithShop(app.environment('version-test'), testShop);
  return app;
}
