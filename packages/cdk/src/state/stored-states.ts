import { isJsonObject, type JsonObject, type StateMessage, type StreamDescriptor, streamKey } from '@cuttle/protocol';

/** The stored states by stream key ({@link streamKey}); LEGACY maps are split by stream name. Later entries win. */
export function storedStates(messages: readonly StateMessage[]): ReadonlyMap<string, JsonObject> {
  const states = new Map<string, JsonObject>();
  const add = (stream: StreamDescriptor, state: unknown) => {
    if (isJsonObject(state)) states.set(streamKey(stream), state);
  };
  for (const message of messages) {
    const streams = message.stream === undefined ? (message.global?.stream_states ?? []) : [message.stream];
    for (const { stream_descriptor, stream_state } of streams) add(stream_descriptor, stream_state);
    if (isJsonObject(message.data)) {
      for (const [name, state] of Object.entries(message.data)) add({ name }, state);
    }
  }
  return states;
}
