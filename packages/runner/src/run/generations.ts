import type { AirbyteStream, ConfiguredCatalog, ConfiguredStream, LosslessValue } from '@cuttle/protocol';
import { type ConnectionState, findRecord, type StreamRecord } from '../state/connection-state.js';
import type { ConfiguredPair } from './configured-streams.js';

/** A stream of a run with its generation and the state it starts from. */
export interface PreparedStream {
  readonly pair: ConfiguredPair;
  readonly generationId: number;
  readonly minimumGenerationId: number;
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
 * @param nowSeconds unix time
 */
export function prepareStreams(
  pairs: readonly ConfiguredPair[],
  before: ConnectionState | undefined,
  nowSeconds: number,
): readonly PreparedStream[] {
  return pairs.map((pair) => {
    const record = before === undefined ? undefined : findRecord(before, pair.stream);
    const stored = record?.generationId ?? 0;
    const state = resumableState(pair, record);
    if (!pair.behaviour.truncates) return { pair, generationId: stored, minimumGenerationId: 0, state };
    const keeps = state !== undefined && record?.minimumGenerationId === stored && stored > 0;
    const generationId = keeps ? stored : Math.max(stored + 1, nowSeconds);
    // A state of an attempt that did not truncate does not belong to this generation.
    return { pair, generationId, minimumGenerationId: generationId, state: keeps ? state : undefined };
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
    prepared.every(({ pair }) => !isSameStream(pair.stream, record.stream)),
  );
  const streams = prepared.map(
    ({ pair, generationId, minimumGenerationId, state }): StreamRecord => ({
      stream: descriptor(pair.stream),
      syncMode: pair.behaviour.syncMode,
      generationId,
      minimumGenerationId,
      isOpen: pair.behaviour.syncMode === 'full_refresh',
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
  syncId: number,
): ConfiguredCatalog {
  return { streams: prepared.map((entry) => configuredStream(entry, role, syncId)) };
}

function configuredStream(prepared: PreparedStream, role: 'source' | 'destination', syncId: number): ConfiguredStream {
  const { pair, generationId, minimumGenerationId } = prepared;
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

function descriptor(stream: AirbyteStream): StreamRecord['stream'] {
  return stream.namespace == null ? { name: stream.name } : { name: stream.name, namespace: stream.namespace };
}

function isSameStream(a: StreamRecord['stream'], b: StreamRecord['stream']): boolean {
  return a.name === b.name && (a.namespace ?? null) === (b.namespace ?? null);
}
