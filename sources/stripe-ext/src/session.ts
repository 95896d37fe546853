import type { SourceContext } from '@cuttle/airbyte-cdk';
import { ConfigError, type JsonObject } from '@cuttle/protocol';
import { hasConnected, type StripeConfig } from './config.js';
import { EventFeed } from './event-feed.js';
import { readList } from './paging.js';
import { makePlan, type Plan, SETTLE_SECONDS } from './plan.js';
import type { Resource } from './resource.js';
import { decodeState, noProgress, type Progress } from './state.js';
import { StripeClient } from './stripe-client.js';

/** An account to be read. */
export interface AccountRef {
  readonly id: string;
  /** Id for the header of a connected account; undefined for the key's own. */
  readonly header: string | undefined;
}

/** Which accounts there are and what time it is at Stripe. */
export interface Facts {
  /** Account of the key. */
  readonly account: string;
  /** Seconds since the epoch, by Stripe's own clock: ours may be wrong. */
  readonly now: number;
  readonly accounts: readonly AccountRef[];
}

/** A stream as far as the shared work has to know it. */
export interface SharedStream {
  readonly resource: Resource;
  readonly isFullRefresh: boolean;
  readonly stored: JsonObject | undefined;
}

/** How one account's part of a stream is read. */
export interface AccountPlan {
  readonly ref: AccountRef;
  readonly progress: Progress;
  readonly plan: Plan;
}

/** What the streams of one read share: the account, Stripe's time, and one pass over the events of each account. */
export class Session {
  readonly client: StripeClient;
  readonly #ctx: SourceContext<StripeConfig>;
  readonly #streams: readonly SharedStream[];
  readonly #feeds = new Map<string, EventFeed>();
  #facts: Promise<Facts> | undefined;

  constructor(ctx: SourceContext<StripeConfig>, streams: readonly SharedStream[]) {
    this.#ctx = ctx;
    this.#streams = streams;
    this.client = new StripeClient(ctx.http, ctx.config);
  }

  /** @throws {ConfigError} `ACCOUNT_MISMATCH` when the key is of another account than the config says */
  facts(): Promise<Facts> {
    this.#facts ??= this.#readFacts();
    return this.#facts;
  }

  /**
   * What to read of each account from a state.
   *
   * @throws {ConfigError} `ACCOUNT_MISMATCH` when the state is of another account than the key
   */
  async plans({ resource, isFullRefresh, stored }: SharedStream): Promise<readonly AccountPlan[]> {
    const { account, accounts, now } = await this.facts();
    const { config } = this.#ctx;
    const state = decodeState(stored);
    if (state?.account !== undefined && state.account !== account) {
      throw mismatch(`The state of the connection is of the account ${state.account}, the api_key of ${account}.`);
    }
    const isSameVersion = state?.apiVersion === undefined || state.apiVersion === config.api_version;
    return accounts.map((ref) => {
      const known = state?.accounts.get(ref.id) ?? (ref.header === undefined ? state?.accounts.get('') : undefined);
      const progress = known ?? noProgress();
      return { ref, progress, plan: makePlan({ resource, config, isFullRefresh, progress, isSameVersion, now }) };
    });
  }

  /** The events of an account, from the oldest time on that one of the streams wants. */
  async feed(ref: AccountRef): Promise<EventFeed> {
    const { now } = await this.facts();
    const wanted = await Promise.all(
      this.#streams.map(async (stream) => {
        const plans = await this.plans(stream).catch(() => []);
        return { stream, from: plans.find((entry) => entry.ref.id === ref.id)?.plan.feedFrom };
      }),
    );
    const reading = wanted.filter(({ from }) => from !== undefined);
    const known = this.#feeds.get(ref.id);
    if (known !== undefined) return known;
    const feed = new EventFeed({
      client: this.client.as(ref.header),
      resources: [...new Set(reading.map(({ stream }) => stream.resource))],
      from: Math.min(...reading.map(({ from }) => Number(from))),
      end: now - SETTLE_SECONDS,
    });
    this.#feeds.set(ref.id, feed);
    return feed;
  }

  async #readFacts(): Promise<Facts> {
    const { config, clock } = this.#ctx;
    const { id: account, nowMs } = await this.client.account();
    if (config.account_id !== account) {
      throw mismatch(`The config names the account ${config.account_id}, the api_key is of ${account}.`);
    }
    const now = Math.floor((nowMs ?? clock()) / 1000);
    const connected = hasConnected(config) ? await this.#connected() : [];
    const others = connected.filter((id) => id !== account).map((id) => ({ id, header: id }));
    return { account, now, accounts: [{ id: account, header: undefined }, ...others] };
  }

  async #connected(): Promise<readonly string[]> {
    const { connected_accounts: named = [] } = this.#ctx.config;
    if (!named.includes('all')) return named;
    const ids: string[] = [];
    for await (const page of readList(this.client, { path: '/v1/accounts' })) ids.push(...page.map(({ id }) => id));
    return ids;
  }
}

function mismatch(problem: string): ConfigError {
  return new ConfigError(`${problem} Use a key of the same account, or reset the connection.`, {
    code: 'ACCOUNT_MISMATCH',
  });
}
