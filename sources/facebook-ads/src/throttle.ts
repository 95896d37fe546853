import { isJsonObject, type JsonObject } from '@cuttle/protocol';

/** Share of a budget, in percent, above which nobody asks for a while. */
const PAUSE_ABOVE = 95;
/** Share of an account's insights budget from which on no job is started. */
const NO_JOBS_FROM = 90;
const MINUTE_MS = 60_000;
/** In the place of an account that no header names. */
const ANY = '*';

type Headers = { readonly [name: string]: string };

/** What the headers of the last answers said about the budgets. One for all streams of a run. */
export class Throttle {
  readonly #insights = new Map<string, number>();

  /** Takes note of an answer's headers. */
  note(headers: Headers): void {
    const usage = parse(headers['x-fb-ads-insights-throttle']);
    if (!('acc_id_util_pct' in usage)) return;
    const percent = highest([usage['acc_id_util_pct'], usage['app_id_util_pct']]);
    // Only this header says whose use it is; without it the use counts for every account.
    const accounts = Object.keys(parse(headers['x-business-use-case-usage']));
    for (const account of accounts.length === 0 ? [ANY] : accounts) this.#insights.set(account, percent);
  }

  /** Whether a job may be started for an account. */
  allowsJobs(account: string): boolean {
    return (this.#insights.get(account) ?? this.#insights.get(ANY) ?? 0) < NO_JOBS_FROM;
  }
}

/** How long an answer's headers ask everybody to stay away, in ms; 0 while there is enough left. */
export function pauseMs(headers: Headers): number {
  const { percent, minutes } = usageOf(headers);
  if (percent <= PAUSE_ABOVE) return 0;
  return Math.max(minutes, 1) * MINUTE_MS;
}

/** How long to wait behind a rate limit, in ms: the estimate of the headers, else a minute. */
export function regainMs(headers: Headers): number {
  return Math.max(usageOf(headers).minutes, 1) * MINUTE_MS;
}

/** The highest use of any budget in percent, and the longest estimate in minutes (Graph API, rate limiting). */
function usageOf(headers: Headers): { readonly percent: number; readonly minutes: number } {
  const cases = Object.values(parse(headers['x-business-use-case-usage'])).flatMap((list) =>
    Array.isArray(list) ? list.filter(isJsonObject) : [],
  );
  const app = parse(headers['x-app-usage']);
  const account = parse(headers['x-ad-account-usage']);
  const counted = [...cases, app].flatMap(({ call_count, total_cputime, total_time }) => [
    call_count,
    total_cputime,
    total_time,
  ]);
  return {
    percent: highest([...counted, account['acc_id_util_pct']]),
    minutes: highest(cases.map((entry) => entry['estimated_time_to_regain_access'])),
  };
}

function highest(values: readonly unknown[]): number {
  return Math.max(0, ...values.filter((value) => typeof value === 'number'));
}

/** A header's JSON object; empty when there is none or it is broken. */
function parse(text: string | undefined): JsonObject {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
