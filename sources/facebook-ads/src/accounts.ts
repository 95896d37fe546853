import type { HttpClient, Logger } from '@cuttle/airbyte-cdk';
import { isJsonObject } from '@cuttle/protocol';
import { dayIn } from './days.js';
import { retryUnknown } from './error-table.js';

/** An ad account as far as reading needs it. */
export interface Account {
  /** Digits. */
  readonly id: string;
  readonly timeZone: string;
  /** Time of the server when it was asked, ms since the epoch: the clock of this machine may be wrong. */
  readonly askedMs: number;
  /** The day that it is there now. */
  readonly today: string;
}

/**
 * Asks for an account.
 *
 * @throws {ConfigError} when there is none, or the token may not see it
 */
export async function getAccount(http: HttpClient, log: Logger, clock: () => number, id: string): Promise<Account> {
  const { data, headers } = await http.get(`/act_${id}`, {
    params: { fields: 'account_id,timezone_name' },
    classify: retryUnknown,
  });
  const told = Date.parse(headers['date'] ?? '');
  const askedMs = Number.isNaN(told) ? clock() : told;
  const name = isJsonObject(data) ? data['timezone_name'] : undefined;
  const timeZone = typeof name === 'string' && isZone(name) ? name : 'UTC';
  if (timeZone !== name) log.warn(`Ad account ${id} has the unknown time zone ${JSON.stringify(name)}; UTC is taken.`);
  return { id, timeZone, askedMs, today: dayIn(timeZone, askedMs) };
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
