import { type HttpClient, PagingGuard } from '@cuttle/airbyte-cdk';
import { type DatasetRef, listRows, nextToken, type TableDetails } from '../api.js';
import { pageRows } from './page-size.js';
import { type RowBatch, type ShardReader, ShardVanishedError } from './shard-reader.js';

/** Reads tables by `tabledata.list`: no query, nothing billed. All rows and columns. */
export class RestReader implements ShardReader {
  readonly #http: HttpClient;
  readonly #ref: DatasetRef;

  constructor(http: HttpClient, ref: DatasetRef) {
    this.#http = http;
    this.#ref = ref;
  }

  /** While a page is worked on, the next one is on its way. */
  async *read(table: TableDetails): AsyncGenerator<RowBatch> {
    const maxResults = pageRows(table);
    const ask = (pageToken?: string) => {
      const page = listRows(this.#http, this.#ref, table.id, { maxResults, pageToken });
      // The error is thrown where the page is awaited, if it still is.
      page.catch(() => undefined);
      return page;
    };
    const guard = new PagingGuard(`BigQuery's table ${table.id}`);
    let pageToken: string | undefined;
    let coming = ask();
    do {
      const page = await coming;
      if (page === undefined) throw new ShardVanishedError(table.id);
      pageToken = nextToken(page.head['pageToken'], guard);
      if (pageToken !== undefined) coming = ask(pageToken);
      yield { fields: table.fields, rows: page.rows };
    } while (pageToken !== undefined);
  }
}
