import {
  type AirbyteStream,
  type ConfiguredCatalog,
  type ConfiguredStream,
  descriptorOf,
  type LosslessValue,
  streamKey,
} from '@cuttle/protocol';
import { type ConnectionState, findRecord, type StreamRecord } from '../state/connection-state.js';
import type { ConfiguredPair } from './configured-streams.js';

/** A stream of a run with its generation and the state it starts from. */
export interface PreparedStream {
  readonly pair: ConfiguredPair;
  readonly generationId: number;
  readonly minimumGenerationId: number;
  /** The same for all attempts at one sync. */
  readonly syncId: number;
  /** Undefined: from the beginning. */
  readonly state: LosslessValue | undefined;
}

/**
 * Gives each stream its generation and decides what it resumes from.
 *
 * - A stream that truncates gets generation max(stored + 1, unix seconds) as id and minimum. Only an unfinished
 *   truncation that can be resumed keeps its generation: rows of the attempt before are then still wanted. One that has
 *   to be read from the start gets a new generation, else its rows would stand there twice.
 * - Other streams keep their generation, with minimum 0.
 * - A full refresh starts from a state only while its last attempt is unfinished; an incremental sync always does. The
 *   state of another sync mode is not used.
 *
 * A stream whose last sync is not known to have ended well goes on with that sync's id.
 *
 * @param nowSeconds unix time
 * @param newSyncId id of streams that begin a sync
 */
export function prepareStreams(
  pairs: readonly ConfiguredPair[],
  before: ConnectionState | undefined,
  nowSeconds: number,
  newSyncId: number,
): readonly PreparedStream[] {
  return pairs.map((pair) => {
    const record = before === undefined ? undefined : findRecord(before, pair.stream);
    const stored = record?.generationId ?? 0;
    const state = resumableState(pair, record);
    const syncId = record?.isOpen === true ? record.syncId : newSyncId;
    if (!pair.behaviour.truncates) return { pair, generationId: stored, minimumGenerationId: 0, syncId, state };
    const keeps = state !== undefined && record?.minimumGenerationId === stored && stored > 0;
    const generationId = keeps ? stored : Math.max(stored + 1, nowSeconds);
    // A state of an attempt that did not truncate does not belong to this generation.
    return { pair, generationId, minimumGenerationId: generationId, syncId, state: keeps ? state : undefined };
  });
}

function resumableState(pair: ConfiguredPair, record: StreamRecord | undefined): LosslessValue | undefined {
  if (record?.state === undefined || record.state === null) return undefined;
  if (record.syncMode !== pair.behaviour.syncMode || isMarker(record.state)) return undefined;
  return pair.behaviour.syncMode === 'incremental' || record.isOpen ? record.state : undefined;
}

/** `{}`, or the word that a full refresh is over: there is nothing to resume from. */
function isMarker(state: LosslessValue): boolean {
  return state instanceof Map && (state.size === 0 || state.has('__ab_full_refresh_sync_complete'));
}

/** What the state file says while the run is under way: saved before the first process starts. */
export function openState(
  before: ConnectionState | undefined,
  prepared: readonly PreparedStream[],
  owner: Pick<ConnectionState, 'project' | 'connection' | 'target' | 'syncId' | 'savedAt'>,
): ConnectionState {
  const others = (before?.streams ?? []).filter((record) =>
    prepared.every(({ pair }) => streamKey(pair.stream) !== streamKey(record.stream)),
  );
  const streams = prepared.map(
    ({ pair, generationId, minimumGenerationId, syncId, state }): StreamRecord => ({
      stream: descriptorOf(pair.stream),
      syncMode: pair.behaviour.syncMode,
      generationId,
      minimumGenerationId,
      isOpen: true,
      syncId,
      ...(state === undefined ? {} : { state }),
    }),
  );
  const isContinued = before?.shared !== undefined && prepared.some(({ state }) => state !== undefined);
  return { ...owner, streams: [...streams, ...others], ...(isContinued ? { shared: before.shared! } : {}) };
}

/** The catalog of the source, or of the destination under its names. */
export function configuredCatalog(
  prepared: readonly PreparedStream[],
  role: 'source' | 'destination',
): ConfiguredCatalog {
  return { streams: prepared.map((entry) => configuredStream(entry, role)) };
}

function configuredStream(prepared: PreparedStream, role: 'source' | 'destination'): ConfiguredStream {
  const { pair, generationId, minimumGenerationId, syncId } = prepared;
  const isSource = role === 'source';
  return {
    stream: isSource ? pair.stream : destinationStream(pair),
    sync_mode: pair.behaviour.syncMode,
    destination_sync_mode: pair.behaviour.destinationSyncMode,
    cursor_field: isSource ? pair.cursor : pair.destinationCursor,
    primary_key: isSource ? pair.primaryKey : pair.destinationKey,
    generation_id: generationId,
    minimum_generation_id: minimumGenerationId,
    sync_id: syncId,
  };
}

function destinationStream(pair: ConfiguredPair): AirbyteStream {
  const { namespace: _namespace, default_cursor_field: cursor, source_defined_primary_key: key, ...rest } = pair.stream;
  return {
    ...rest,
    ...pair.destination,
    json_schema: pair.destinationSchema,
    ...(cursor === undefined ? {} : { default_cursor_field: pair.destinationCursor }),
    ...(key === undefined ? {} : { source_defined_primary_key: pair.destinationKey }),
  };
}
