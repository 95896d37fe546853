import { randomBytes } from 'node:crypto';
import type { AdAccount } from './ad-account.js';
import { ReportRuns } from './report-runs.js';
import { defaultSettings, type GraphSettings } from './settings.js';
import { dayIn } from './zone-time.js';

/** Everything that the Graph API stand-in knows: accounts, jobs, tokens, calls. */
export class AdPlatform {
  readonly settings: GraphSettings = defaultSettings();
  readonly runs = new ReportRuns(this.settings);
  readonly #clock: { now(): number };
  readonly #accounts = new Map<string, AdAccount>();
  #token = newToken();

  /** @param clock the sandbox's time: days, restatements and call budgets go by it */
  constructor(clock: { now(): number }) {
    this.#clock = clock;
  }

  /** The one token that is valid now. */
  get token(): string {
    return this.#token;
  }

  /** Makes the token invalid and another one valid. */
  renewToken(): void {
    this.#token = newToken();
  }

  now(): number {
    return this.#clock.now();
  }

  /** The day that it is now in an account's zone. */
  today(account: AdAccount): string {
    return dayIn(account.timeZone, this.now());
  }

  addAccount(account: AdAccount): AdAccount {
    this.#accounts.set(account.id, account);
    return account;
  }

  /** An account by its digits. */
  account(id: string): AdAccount | undefined {
    return this.#accounts.get(id);
  }

  accounts(): readonly AdAccount[] {
    return [...this.#accounts.values()];
  }
}

function newToken(): string {
  return `EAAB${randomBytes(30).toString('hex')}ZDZD`;
}
