import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, type HttpClient, type Logger, type Outcome, PagingGuard } from '@cuttle/airbyte-cdk';
import { ConfigError, TransientError } from '@cuttle/protocol';
import {
  asObject,
  type DatasetRef,
  estimateQuery,
  nextToken,
  queryResults,
  type RowsPage,
  startQuery,
  type TableDetails,
} from '../api.js';
import { errorReason } from '../error-table.js';
import { decodeFields } from '../schema/table-field.js';
import { pageRows } from './page-size.js';
import { type RowBatch, type ShardReader, ShardVanishedError } from './shard-reader.js';

/** What queries are billed to and bound by. */
export interface QuerySettings {
  readonly jobProject: string;
  readonly maximumBytesBilled: number | undefined;
  /** Only these events; undefined for all. */
  readonly eventNames: readonly string[] | undefined;
}

const MIB = 1_048_576;
/** The least that a query is billed for. */
const MINIMUM_BILLED = 10 * MIB;
/** Waits between two looks at a job that is not complete, ms; the server itself waits up to 20 s. */
const POLL_MS = { first: 50, most: 5_000 };

/**
 * Reads tables by one query each, which is billed by scanned bytes: worth it to read few kinds of events of large
 * tables. A result that is too large for a query is read by the fallback.
 */
export class QueryReader implements ShardReader {
  readonly #http: HttpClient;
  readonly #ref: DatasetRef;
  readonly #settings: QuerySettings;
  readonly #fallback: ShardReader;
  readonly #log: Logger;

  constructor(http: HttpClient, ref: DatasetRef, settings: QuerySettings, fallback: ShardReader, log: Logger) {
    this.#http = http;
    this.#ref = ref;
    this.#settings = settings;
    this.#fallback = fallback;
    this.#log = log;
  }

  async *read(table: TableDetails): AsyncGenerator<RowBatch> {
    const query = shardQuery(this.#ref, table.id, this.#settings.eventNames);
    await this.#checkCost(table, query);
    const refused: { reason?: string } = {};
    const classify = refusalCatcher(refused);
    const { maximumBytesBilled, jobProject } = this.#settings;
    const options = { ...query, maximumBytesBilled, maxResults: pageRows(table) };
    let page = await startQuery(this.#http, jobProject, options, randomUUID(), classify);
    const guard = new PagingGuard(`BigQuery's table ${table.id}`);
    let pageToken: string | undefined;
    let isBegun = false;
    for (let polls = 0; page !== undefined; ) {
      if (page.head['jobComplete'] === true) {
        yield { fields: decodeFields(page.head['schema']), rows: page.rows };
        isBegun = true;
        pageToken = nextToken(page.head['pageToken'], guard);
        if (pageToken === undefined) return;
      } else {
        await wait(Math.min(POLL_MS.first * 2 ** polls, POLL_MS.most));
        polls += 1;
      }
      page = await this.#more(page, options.maxResults, pageToken, classify);
    }
    if (refused.reason === 'notFound') throw new ShardVanishedError(table.id);
    // From its beginning the other way would give rows again, which then count as equal events of their own.
    if (isBegun) throw brokenOff(table, refused.reason);
    this.#log.warn(`Table ${table.id}: the query's result is too large (${refused.reason}); reading it by REST.`);
    yield* this.#fallback.read(table);
  }

  /**
   * Asks what a query would cost, which itself costs nothing, and refuses one above the bound.
   *
   * @throws {ConfigError} `BYTES_BILLED_LIMIT` with both numbers
   */
  async #checkCost(table: TableDetails, query: ReturnType<typeof shardQuery>): Promise<void> {
    const limit = this.#settings.maximumBytesBilled;
    if (limit === undefined) return;
    const bytes = await estimateQuery(this.#http, this.#settings.jobProject, query);
    const billed = Math.max(MINIMUM_BILLED, Math.ceil(bytes / MIB) * MIB);
    if (billed <= limit) return;
    throw new ConfigError(
      `The query of table ${table.id} would be billed for ${billed} bytes, more than "maximum_bytes_billed" allows (${limit}). Raise it, or take the read method "rest".`,
      { code: 'BYTES_BILLED_LIMIT' },
    );
  }

  #more(
    page: RowsPage,
    maxResults: number,
    pageToken: string | undefined,
    classify: (answer: Answer) => Outcome | undefined,
  ): Promise<RowsPage | undefined> {
    const job = asObject(page.head['jobReference']);
    return queryResults(this.#http, job, { maxResults, pageToken }, classify);
  }
}

function brokenOff(table: TableDetails, reason: string | undefined): TransientError {
  return new TransientError(
    `BigQuery stopped giving the result of the query of table ${table.id} in the middle (${reason}). The table is read anew by the next sync; read_method "rest" does without queries.`,
    { code: 'QUERY_BROKEN_OFF' },
  );
}

/** The statement that reads one table, and its parameters. Names are checked by the spec and `parseShard`. */
export function shardQuery(
  { project, dataset }: DatasetRef,
  table: string,
  eventNames: readonly string[] | undefined,
): { readonly sql: string; readonly lists: Readonly<Record<string, readonly string[]>> } {
  const from = `select *\nfrom \`${project}.${dataset}.${table}\``;
  if (eventNames === undefined) return { sql: from, lists: {} };
  return { sql: `${from}\nwhere event_name in unnest(@event_names)`, lists: { event_names: eventNames } };
}

/** Lets answers through that only mean "not in this way", and notes the reason. */
function refusalCatcher(refused: { reason?: string }): (answer: Answer) => Outcome | undefined {
  return (answer) => {
    const reason = errorReason(answer);
    const text = JSON.stringify(answer.body ?? '');
    const isTableGone = reason === 'notFound' && text.includes('Not found: Table');
    if (reason === undefined || !(isTableGone || reason === 'responseTooLarge' || reason === 'resourcesExceeded')) {
      return undefined;
    }
    refused.reason = reason;
    return { action: 'ignore' };
  };
}
