import { ConfigError, type ConfiguredStream, numbersSyncs } from '@cuttle/protocol';
import type { BubbleConfig, StreamConfig, WriteMode } from './config.js';

const MODES = { append: ['insert'], append_dedup: ['upsert', 'update'], overwrite: ['mirror'] } as const;

/** A configured stream with what is done with it. */
export interface StreamPlan {
  readonly settings: StreamConfig;
  readonly mode: WriteMode;
  /** Whether things that no record names are cleared or deleted at the end. */
  readonly isPruning: boolean;
}

/**
 * What is done with the streams of a catalog.
 *
 * @throws {ConfigError} `STREAM_NOT_CONFIGURED`; `MODE_NOT_POSSIBLE` for a mode that does not go with the sync mode, and
 *   for what must not be deleted; `MATCH_MISSING`
 */
export function planStreams(config: BubbleConfig, streams: readonly ConfiguredStream[]): readonly StreamPlan[] {
  const plans = streams.map((stream) => planStream(config, stream));
  for (const { settings, isPruning } of plans) {
    const type = settings.bubble_type;
    const sharing = plans.filter((plan) => plan.settings.bubble_type === type).length;
    if (!isPruning || sharing === 1) continue;
    const message = `Stream "${settings.stream}": mirror would delete what another stream writes into type "${type}". Give each mirror a type of its own.`;
    throw new ConfigError(message, { code: 'MODE_NOT_POSSIBLE' });
  }
  return plans;
}

function planStream(config: BubbleConfig, configured: ConfiguredStream): StreamPlan {
  const { name } = configured.stream;
  const sync = syncMode(configured);
  const settings = config.streams.find((entry) => entry.stream === name);
  if (settings === undefined) {
    throw new ConfigError(`The config says nothing about stream "${name}". Add it to streams.`, {
      code: 'STREAM_NOT_CONFIGURED',
    });
  }
  const allowed: readonly WriteMode[] = MODES[sync as keyof typeof MODES] ?? [];
  const mode = settings.mode ?? allowed[0];
  if (mode === undefined || !allowed.includes(mode)) {
    const message = `Stream "${name}": mode "${mode}" does not go with the sync mode "${sync}", which allows ${allowed.join(', ') || 'none'}.`;
    throw new ConfigError(message, { code: 'MODE_NOT_POSSIBLE' });
  }
  if (mode !== 'insert' && settings.match === undefined) {
    const message = `Stream "${name}": mode "${mode}" needs match, which says how a record finds its thing.`;
    throw new ConfigError(message, { code: 'MATCH_MISSING' });
  }
  const isPruning = mode === 'mirror' && settings.delete_behavior !== 'nothing';
  if (isPruning && !config.allow_delete) {
    const message = `Stream "${name}": mirror with delete_behavior "${settings.delete_behavior}" needs allow_delete.`;
    throw new ConfigError(message, { code: 'MODE_NOT_POSSIBLE' });
  }
  return { settings, mode, isPruning };
}

/**
 * A platform with generation ids sends a stream that truncates as append with a minimum; elsewhere it is overwrite.
 * Clients that do not number their syncs send the same minimum in every sync: theirs removes nothing.
 */
function syncMode(configured: ConfiguredStream): string {
  const { destination_sync_mode: sync, minimum_generation_id: minimum, sync_id: syncId } = configured;
  const isUnnumbered = syncId != null && !numbersSyncs(configured);
  return typeof minimum === 'number' && minimum > 0 && !isUnnumbered ? 'overwrite' : sync;
}
