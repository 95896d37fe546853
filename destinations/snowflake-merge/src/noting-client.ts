import type { Row } from '@cuttle/loader';
import type { Answer, StatementClient } from './snowflake-client.js';

/** Answers of the statements whose answer the load looks at: PUT tells of one file, COPY of one row in it. */
const ANSWERS: Readonly<Record<string, Row>> = {
  put: ['part.parquet', 'part.parquet', 0, 0, 'NONE', 'NONE', 'UPLOADED', ''],
  copy: ['part.parquet', 'LOADED', 1, 1],
};

/**
 * Stands in for a session while statements are printed: notes each of them and answers as Snowflake would that has no
 * table yet and is given one row.
 */
export class NotingClient implements StatementClient {
  readonly #note: (sql: string) => void;

  constructor(note: (sql: string) => void) {
    this.#note = note;
  }

  async run(sql: string): Promise<Answer> {
    this.#note(sql);
    const row = ANSWERS[sql.slice(0, sql.indexOf(' '))];
    return { rows: row === undefined ? [] : [row], changed: 1 };
  }

  abandon(): void {}

  async close(): Promise<void> {}
}
