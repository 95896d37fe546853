import { ConfigError, type JsonObject } from '@cuttle/protocol';

/** What a value is turned into. */
export type Cast = 'text' | 'number' | 'date' | 'yes-no' | 'geo' | 'list' | 'thing-ref';

/** One field that is written. */
export interface FieldMapping {
  readonly from: string;
  readonly to: string;
  readonly cast?: Cast;
  readonly on_null: 'skip' | 'clear';
}

/** How records reach the things of a type. */
export type WriteMode = 'insert' | 'update' | 'upsert' | 'mirror';

/** How a record finds its thing. */
export interface Match {
  readonly record_field: string;
  /** `_id` is Bubble's own key. */
  readonly bubble_field: string;
}

/** What is done with a stream. */
export interface StreamConfig {
  readonly stream: string;
  readonly bubble_type: string;
  readonly mode?: WriteMode;
  /** Only an insert can do without. */
  readonly match?: Match;
  readonly mapping: readonly FieldMapping[];
  readonly delete_behavior: 'nothing' | 'clear' | 'delete';
}

/** The config, one field per property of the spec; defaults are filled in. */
export interface BubbleConfig {
  readonly app_url?: string;
  readonly base_url?: string;
  readonly api_token: string;
  readonly environment: string;
  readonly streams: readonly StreamConfig[];
  readonly batch_size: number;
  readonly concurrency: number;
  readonly requests_per_minute: number;
  /** A count, or a percentage of the records such as `5%`. */
  readonly max_rejected: string;
  readonly allow_delete: boolean;
  readonly max_delete_share: number;
  readonly dry_run: boolean;
  readonly ledger_path?: string;
  /** Hidden: deadline of a request. */
  readonly http_timeout_seconds?: number;
  /** Hidden: first step of the waits after a fault, in ms. */
  readonly http_backoff_ms?: number;
}

/**
 * The checked config of an invocation; defaults inside of lists are filled in here.
 *
 * @throws {ConfigError} `STREAM_TWICE`
 */
export function bubbleConfig(config: JsonObject): BubbleConfig {
  const typed = config as unknown as BubbleConfig;
  const names = typed.streams.map(({ stream }) => stream);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ConfigError(`The config has two entries for stream "${twice}".`, { code: 'STREAM_TWICE' });
  }
  return {
    ...typed,
    streams: typed.streams.map(({ match, ...stream }) => ({
      ...stream,
      ...(match === undefined ? {} : { match: { ...match, bubble_field: match.bubble_field ?? '_id' } }),
      mapping: stream.mapping.map((field) => ({ ...field, on_null: field.on_null ?? 'skip' })),
      delete_behavior: stream.delete_behavior ?? 'nothing',
    })),
  };
}
