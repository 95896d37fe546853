import { isJsonObject, type JsonObject, type StateMessage, type StreamDescriptor, streamKey } from '@cuttle/protocol';

/** The states of a `--state` file. */
export interface StoredStates {
  /** By stream key ({@link streamKey}); LEGACY maps are split by stream name. Later entries win. */
  readonly states: ReadonlyMap<string, JsonObject>;
  /** Keys of streams whose state is neither an object nor null. */
  readonly unreadable: ReadonlySet<string>;
  /** Whether a GLOBAL state has a shared part, which the streams of the kit do not have. */
  readonly hasSharedPart: boolean;
}

/** Takes the messages of a `--state` file apart. */
export function storedStates(messages: readonly StateMessage[]): StoredStates {
  const states = new Map<string, JsonObject>();
  const unreadable = new Set<string>();
  let hasSharedPart = false;
  const add = (stream: StreamDescriptor, state: unknown) => {
    const key = streamKey(stream);
    if (isJsonObject(state)) states.set(key, state);
    else if (state !== null && state !== undefined) unreadable.add(key);
  };
  for (const message of messages) {
    const streams = message.stream === undefined ? (message.global?.stream_states ?? []) : [message.stream];
    for (const { stream_descriptor, stream_state } of streams) add(stream_descriptor, stream_state);
    const shared = message.global?.shared_state;
    hasSharedPart ||= isJsonObject(shared) && Object.keys(shared).length > 0;
    if (isJsonObject(message.data)) {
      for (const [name, state] of Object.entries(message.data)) add({ name }, state);
    }
  }
  return { states, unreadable, hasSharedPart };
}
