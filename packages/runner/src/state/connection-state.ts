import {
  type LosslessObject,
  type LosslessValue,
  type StreamDescriptor,
  type SyncMode,
  streamKey,
} from '@cuttle/protocol';

/** What is kept of one stream between runs. */
export interface StreamRecord {
  readonly stream: StreamDescriptor;
  /** Sync mode of the run that wrote this; the state of another mode is not used. */
  readonly syncMode: SyncMode;
  /** The last state that the destination acknowledged; undefined when there is none. */
  readonly state?: LosslessValue;
  readonly generationId: number;
  /** Of the run that wrote this; 0 removes nothing. */
  readonly minimumGenerationId: number;
  /** Whether a sync was begun and is not known to have ended well: the next run is another attempt at it. */
  readonly isOpen: boolean;
  /** The sync that wrote this; all attempts at one sync have the same, so that a destination can tell a replay. */
  readonly syncId: number;
}

/** What is kept of a connection between runs. */
export interface ConnectionState {
  readonly project: string;
  readonly connection: string;
  readonly target: string;
  /** Highest sync id that was given out. */
  readonly syncId: number;
  /** ISO 8601, UTC. */
  readonly savedAt: string;
  readonly streams: readonly StreamRecord[];
  /** Shared part of a GLOBAL state; undefined when the source sends STREAM states. */
  readonly shared?: LosslessValue;
}

/** The record of a stream, if there is one. */
export function findRecord(state: ConnectionState, stream: StreamDescriptor): StreamRecord | undefined {
  const key = streamKey(stream);
  return state.streams.find((record) => streamKey(record.stream) === key);
}

/** The state with one stream's record replaced or added; the order of the others stays. */
export function withRecord(state: ConnectionState, record: StreamRecord): ConnectionState {
  const key = streamKey(record.stream);
  const isKnown = state.streams.some((known) => streamKey(known.stream) === key);
  const streams = isKnown
    ? state.streams.map((known) => (streamKey(known.stream) === key ? record : known))
    : [...state.streams, record];
  return { ...state, streams };
}

/** The states of some streams as Airbyte's `--state` takes them: one GLOBAL message, or STREAM messages. */
export function stateMessages(
  streams: readonly { readonly stream: StreamDescriptor; readonly state: LosslessValue }[],
  shared: LosslessValue | undefined,
): LosslessValue {
  const parts = streams.map(({ stream, state }): LosslessObject => {
    const descriptor: LosslessObject = new Map([['name', stream.name]]);
    if (stream.namespace != null) descriptor.set('namespace', stream.namespace);
    return new Map<string, LosslessValue>([
      ['stream_descriptor', descriptor],
      ['stream_state', state],
    ]);
  });
  if (shared === undefined) {
    return parts.map(
      (stream): LosslessObject =>
        new Map<string, LosslessValue>([
          ['type', 'STREAM'],
          ['stream', stream],
        ]),
    );
  }
  const global: LosslessObject = new Map<string, LosslessValue>([
    ['shared_state', shared],
    ['stream_states', parts],
  ]);
  return [
    new Map<string, LosslessValue>([
      ['type', 'GLOBAL'],
      ['global', global],
    ]),
  ];
}
