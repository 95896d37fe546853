import type { SourceContext } from '@cuttle/airbyte-cdk';
import { type Account, getAccount } from './accounts.js';
import type { FacebookAdsConfig } from './config.js';
import { Throttle } from './throttle.js';

/** What all streams of a run share: the accounts that were asked for, and what headers said about the budgets. */
export class Surroundings {
  readonly throttle = new Throttle();
  readonly #accounts = new Map<string, Promise<Account>>();

  /**
   * An account, asked for once.
   *
   * @throws {ConfigError} when there is none, or the token may not see it
   */
  account({ http, log, clock }: SourceContext<FacebookAdsConfig>, id: string): Promise<Account> {
    const known = this.#accounts.get(id) ?? getAccount(http, log, clock, id);
    this.#accounts.set(id, known);
    return known;
  }
}
