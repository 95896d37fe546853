import type { HttpClient } from '@cuttle/airbyte-cdk';
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

  async *read(table: TableDetails): AsyncGenerator<RowBatch> {
    const maxResults = pageRows(table);
    let pageToken: string | undefined;
    do {
      const page = await listRows(this.#http, this.#ref, table.id, { maxResults, pageToken });
      if (page === undefined) throw new ShardVanishedError(table.id);
      yield { fields: table.fields, rows: page.rows };
      pageToken = nextToken(page.head['pageToken'], pageToken);
    } while (pageToken !== undefined);
  }
}
