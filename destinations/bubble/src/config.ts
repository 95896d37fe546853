import { withoutTrailingSlashes } from '@cuttle/airbyte-cdk';
import { ConfigError, type ConfiguredStream, type JsonObject } from '@cuttle/protocol';

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

/** What is done with a stream. */
export interface StreamConfig {
  readonly stream: string;
  readonly bubble_type: string;
  readonly mode?: WriteMode;
  readonly match: { readonly record_field: string; readonly bubble_field: string };
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
  readonly max_rejected: number;
  readonly allow_delete: boolean;
  readonly max_delete_share: number;
  readonly dry_run: boolean;
  readonly ledger_path?: string;
}

/** The checked config of an invocation; defaults inside of lists are filled in here. */
export function bubbleConfig(config: JsonObject): BubbleConfig {
  const typed = config as unknown as BubbleConfig;
  return {
    ...typed,
    streams: typed.streams.map((stream) => ({
      ...stream,
      match: { ...stream.match, bubble_field: stream.match.bubble_field ?? '_id' },
      mapping: stream.mapping.map((field) => ({ ...field, on_null: field.on_null ?? 'skip' })),
      delete_behavior: stream.delete_behavior ?? 'nothing',
    })),
  };
}

/**
 * Root of the API: `base_url` as it is, or the app's address with its environment.
 *
 * @throws {ConfigError} `CONFIG_MISSING_FIELD` when neither `app_url` nor `base_url` is given
 */
export function apiRoot(config: BubbleConfig): string {
  if (config.base_url !== undefined) return withoutTrailingSlashes(config.base_url);
  if (config.app_url === undefined) {
    throw new ConfigError('The config needs app_url, the address of the Bubble app.', { code: 'CONFIG_MISSING_FIELD' });
  }
  const app = withoutTrailingSlashes(config.app_url).replace(/\/api\/1\.1$/, '');
  return `${app}${config.environment === 'live' ? '' : `/${config.environment}`}/api/1.1`;
}

const MODES = { append: ['insert'], append_dedup: ['upsert', 'update'], overwrite: ['mirror'] } as const;

/**
 * The mode of a configured stream.
 *
 * @throws {ConfigError} `STREAM_NOT_CONFIGURED`; `MODE_NOT_POSSIBLE` for a mode that does not go with the sync mode, and
 *   for a mirror without `allow_delete`
 */
export function modeOf(
  config: BubbleConfig,
  { stream, destination_sync_mode: sync }: ConfiguredStream,
): {
  readonly settings: StreamConfig;
  readonly mode: WriteMode;
} {
  const settings = config.streams.find((entry) => entry.stream === stream.name);
  if (settings === undefined) {
    throw new ConfigError(`The config says nothing about stream "${stream.name}".`, { code: 'STREAM_NOT_CONFIGURED' });
  }
  const allowed: readonly WriteMode[] = MODES[sync as keyof typeof MODES] ?? [];
  const mode = settings.mode ?? allowed[0];
  if (mode === undefined || !allowed.includes(mode)) {
    const message = `Stream "${stream.name}": mode "${mode}" does not go with the sync mode "${sync}", which allows ${allowed.join(', ') || 'none'}.`;
    throw new ConfigError(message, { code: 'MODE_NOT_POSSIBLE' });
  }
  if (mode === 'mirror' && settings.delete_behavior !== 'nothing' && !config.allow_delete) {
    const message = `Stream "${stream.name}": mirror with delete_behavior "${settings.delete_behavior}" needs allow_delete.`;
    throw new ConfigError(message, { code: 'MODE_NOT_POSSIBLE' });
  }
  return { settings, mode };
}
