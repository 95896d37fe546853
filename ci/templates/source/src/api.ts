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

/** Rows of a page: the most that the API gives. */
const PAGE_ROWS = 200;

/** Lists of the API, by their paths. */
export const LISTS = ['/customers', '/orders'] as const;

/** One of {@link LISTS}. */
export type ListPath = (typeof LISTS)[number];

/** How the source speaks to Acme; all streams share the token's budget. */
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

/** What differs from the kit's table of statuses; see `HttpPolicy` for what else can be said here. */
function classify({ status }: Answer): Outcome | undefined {
  if (status !== 401) return undefined;
  return { action: 'refresh', message: 'Acme does not accept the api_token: it is wrong or expired.' };
}

/**
 * The rows of a list, page by page in the API's order, until it gives no token for a next page. A page may be short or
 * empty and still have a next one.
 *
 * @throws {ConfigError} when the token is refused or lacks the right
 * @throws {SystemError} `ACME_ANSWER` for an answer of an unknown shape
 */
export async function* listPages(
  http: HttpClient,
  path: ListPath,
  params: Readonly<Record<string, string>> = {},
): AsyncIterable<readonly JsonObject[]> {
  let token: string | undefined;
  do {
    const { data } = await http.get(path, { params: { ...params, limit: PAGE_ROWS, page_token: token } });
    const { rows, next } = decodePage(path, data);
    if (next !== undefined && next === token) throw unknownAnswer(path, 'the next page is this page again');
    yield rows;
    token = next;
  } while (token !== undefined);
}

/** Asks for one row of a list: whether the token may read it. */
export async function probeList(http: HttpClient, path: ListPath): Promise<void> {
  const { data } = await http.get(path, { params: { limit: 1 } });
  decodePage(path, data);
}

function decodePage(path: string, data: unknown): { readonly rows: readonly JsonObject[]; readonly next?: string } {
  const rows = isJsonObject(data) ? data['data'] : undefined;
  if (!isJsonObject(data) || !Array.isArray(rows)) throw unknownAnswer(path, 'it has no list "data"');
  if (!rows.every((row) => isJsonObject(row) && typeof row['id'] === 'string')) {
    throw unknownAnswer(path, 'a row has no id');
  }
  const next = data['next_page_token'];
  return { rows: rows as JsonObject[], ...(typeof next === 'string' && next !== '' ? { next } : {}) };
}

function unknownAnswer(path: string, problem: string): SystemError {
  return new SystemError(`The answer of Acme for ${path} is not understood: ${problem}.`, { code: 'ACME_ANSWER' });
}
