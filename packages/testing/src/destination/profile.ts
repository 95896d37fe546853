import type { JsonObject } from '@cuttle/protocol';
import type { Entry } from '../harness/run-entry.js';

/** A row as it is read back, by column; values in the canonical form that {@link DestinationProfile.rows} states. */
export type DumpedRow = Readonly<Record<string, unknown>>;

/** What the destination suite has to know of a destination. */
export interface DestinationProfile extends Entry {
  /** A config for a warehouse of its own in a folder. */
  config(folder: string): JsonObject;
  /** Makes what a config names and `write` does not make; called once for each config, before its first run. */
  prepare?(config: JsonObject): Promise<void>;
  /** Schema of streams without a namespace. */
  readonly schema: string;
  /**
   * Rows of a table, in any order; undefined when there is no such table.
   *
   * Canonical form: integers as text, numbers as numbers, dates and times as text, timestamps as
   * `YYYY-MM-DDTHH:MM:SS.ffffff` with a `Z` where they have a zone, objects and arrays parsed.
   */
  rows(config: JsonObject, schema: string, table: string): Promise<readonly DumpedRow[] | undefined>;
  /** Column types of a table, in order. */
  columns(config: JsonObject, schema: string, table: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** All tables of the warehouse as `schema.table`, our own bookkeeping included. */
  tables(config: JsonObject): Promise<readonly string[]>;
  /** Runs a statement as a user of the warehouse would. */
  execute(config: JsonObject, sql: string): Promise<void>;
  /** Puts a comment on a table, as its owner would. */
  setComment(config: JsonObject, schema: string, table: string, comment: string): Promise<void>;
  /** The comment on a table: it goes when another table takes the place of this one. */
  comment(config: JsonObject, schema: string, table: string): Promise<string | undefined>;
  /** Preloaded into the connector by the crash suite: kills it after its nth statement; default for those that run the engine alone. */
  readonly killPreload?: string;
  /** Makes the name of a column or table as the destination would, when it needs no suffix. */
  readonly nameOf: (name: string) => string;
  /** Whether two names that differ in case only are one to the warehouse. */
  readonly foldsCase: boolean;
  /** Digits behind the second that timestamps keep: 6 or 9. */
  readonly fractionDigits: 6 | 9;
  /** Longest text that a column keeps, in bytes of UTF-8; undefined when there is no bound. */
  readonly longestTextBytes?: number;
  /** Streams of the test of many streams; default 1,000. Fewer where each takes many calls over the wire. */
  readonly manyStreams?: number;
  /** A merge by key takes more than the catalog says; the config of the profile appends. */
  readonly needsMatch?: true;
  /** Column types by Airbyte type, as the documentation of the destination gives them. */
  readonly typeMap: Readonly<Record<string, string>>;
  /** Statements that do not hold for this destination, with the reason. */
  readonly bypass?: Readonly<Record<string, string>>;
}
