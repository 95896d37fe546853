import type { AdPlatform } from './platform.js';

const HOUR_MS = 3_600_000;

/** Calls of each account in the current hour of the sandbox's clock. */
export class CallCounter {
  readonly #platform: AdPlatform;
  readonly #hours = new Map<string, { startMs: number; calls: number }>();

  constructor(platform: AdPlatform) {
    this.#platform = platform;
  }

  /** Counts a call. */
  count(account: string): void {
    this.#hour(account).calls += 1;
  }

  /** Whether the account has no calls left, or is told to stay away. */
  isExhausted(account: string): boolean {
    const { callsPerHour, regainMinutes } = this.#platform.settings;
    return regainMinutes > 0 || this.#hour(account).calls > callsPerHour;
  }

  /** Minutes until calls are answered again; 0 while they are. */
  regainMinutes(account: string): number {
    if (!this.isExhausted(account)) return 0;
    const { regainMinutes } = this.#platform.settings;
    if (regainMinutes > 0) return regainMinutes;
    return Math.ceil((this.#hour(account).startMs + HOUR_MS - this.#platform.now()) / 60_000);
  }

  /** Share of the budget that is used, 0 to 100. */
  utilisation(account: string): number {
    const { callsPerHour, minUtilisation } = this.#platform.settings;
    const used = Math.floor((this.#hour(account).calls * 100) / callsPerHour);
    return Math.min(100, Math.max(used, minUtilisation));
  }

  /** The headers in which the API says how much is used. */
  headers(account: string, isInsights: boolean): Record<string, string> {
    const percent = this.utilisation(account);
    const usage = {
      type: isInsights ? 'ads_insights' : 'ads_management',
      call_count: percent,
      total_cputime: Math.floor(percent / 2),
      total_time: Math.floor(percent / 2),
      estimated_time_to_regain_access: this.regainMinutes(account),
      ads_api_access_tier: 'standard_access',
    };
    const tier = { ads_api_access_tier: 'standard_access' };
    return {
      'x-business-use-case-usage': JSON.stringify({ [account]: [usage] }),
      'x-app-usage': JSON.stringify({ call_count: Math.floor(percent / 3), total_time: 1, total_cputime: 1 }),
      'x-ad-account-usage': JSON.stringify({ acc_id_util_pct: percent, reset_time_duration: 100, ...tier }),
      ...(isInsights
        ? {
            'x-fb-ads-insights-throttle': JSON.stringify({
              app_id_util_pct: Math.floor(percent / 3),
              acc_id_util_pct: percent,
              ...tier,
            }),
          }
        : {}),
    };
  }

  #hour(account: string): { startMs: number; calls: number } {
    const now = this.#platform.now();
    const known = this.#hours.get(account);
    if (known !== undefined && now >= known.startMs && now < known.startMs + HOUR_MS) return known;
    const hour = { startMs: now, calls: 0 };
    this.#hours.set(account, hour);
    return hour;
  }
}
