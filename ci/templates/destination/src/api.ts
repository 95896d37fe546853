import {
  type Answer,
  bearer,
  type HttpClient,
  type HttpPolicy,
  limitsFromConfig,
  type Outcome,
  perSecond,
} from '@cuttle/airbyte-cdk';
import { isJsonObject, type JsonObject, SystemError } from '@cuttle/protocol';
import type { AcmeConfig } from './config.js';

/** Most rows and bytes of a request. */
export const MAX_ROWS = 1000;
export const MAX_BYTES = 4_000_000;

/** A row as the API takes it. */
export interface Row {
  readonly id: string;
  readonly data: JsonObject;
}

/** A row that the API refused, and why. */
export interface Rejection {
  readonly id: string;
  readonly reason: string;
}

/** How the destination speaks to Acme. */
export function acmePolicy(config: AcmeConfig): HttpPolicy {
  return {
    baseUrl: config.base_url,
    addressField: 'base_url',
    auth: bearer(config.api_token),
    budget: perSecond(config.requests_per_second),
    classify,
    limits: limitsFromConfig({ ...config }),
  };
}

/** What differs from the kit's table of statuses. */
function classify({ status }: Answer): Outcome | undefined {
  if (status !== 401) return undefined;
  return { action: 'refresh', message: 'Acme does not accept the api_token: it is wrong or expired.' };
}

/**
 * Stores rows under their ids, in order; a row that is there is replaced. Doing it twice does no harm, so a lost answer is
 * asked for again.
 *
 * @param rows at most {@link MAX_ROWS}
 * @returns the rows that were refused; all others are stored when this returns
 * @throws {SystemError} `ACME_ANSWER` for an answer of an unknown shape
 */
export async function upsertRows(
  http: HttpClient,
  table: string,
  generation: number,
  rows: readonly Row[],
): Promise<readonly Rejection[]> {
  const { data } = await http.post(`/tables/${encodeURIComponent(table)}/upsert`, { json: { generation, rows } });
  const rejected = isJsonObject(data) ? data['rejected'] : undefined;
  if (!Array.isArray(rejected)) {
    throw new SystemError(`The answer of Acme for the table "${table}" is not understood: it has no list "rejected".`, {
      code: 'ACME_ANSWER',
    });
  }
  return rejected.filter(isJsonObject).map(({ id, reason }) => ({ id: String(id), reason: String(reason) }));
}

/** Removes the rows of all other generations; also harmless when done twice. */
export async function keepGeneration(http: HttpClient, table: string, generation: number): Promise<void> {
  await http.post(`/tables/${encodeURIComponent(table)}/prune`, { json: { keep_generation: generation } });
}
