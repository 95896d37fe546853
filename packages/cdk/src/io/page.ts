import type { MetaChange } from '@cuttle/protocol';

/** One row in the object lane: a plain object that `JSON.stringify` understands. */
export type RecordData = Readonly<Record<string, unknown>>;

/** Text lane: each entry is the JSON text of one record, an object on a single line. */
export interface TextPage {
  readonly texts: readonly string[];
}

/**
 * Raw lane: the bytes of a response and where its records lie in it. Only for answers of which no field is changed.
 * `bounds` holds start and end (exclusive) of each record, two numbers a record.
 */
export interface RawPage {
  readonly bytes: Buffer;
  readonly bounds: readonly number[];
}

/** Object lane of rows that all lack the same fields: each record carries the changes in its `meta`. */
export interface ChangedPage {
  readonly records: readonly RecordData[];
  /** At least one. */
  readonly changes: readonly MetaChange[];
}

/** What a stream yields: rows of one response, in one of three lanes. Empty pages are allowed. */
export type Page = readonly RecordData[] | ChangedPage | TextPage | RawPage;

/** Number of records in a page. */
export function pageSize(page: Page): number {
  if ('texts' in page) return page.texts.length;
  if ('bytes' in page) return page.bounds.length / 2;
  if ('records' in page) return page.records.length;
  return page.length;
}
