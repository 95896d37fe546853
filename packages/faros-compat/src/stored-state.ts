import { gunzipSync } from 'node:zlib';
import { ConfigError, isJsonObject, type JsonObject, type StateMessage } from '@cuttle/protocol';

/**
 * The states of all streams by name (its streams have no namespaces), as a source's hooks know them: from our typed states, or from the one map of
 * faros-airbyte-cdk, plain or compressed (`{"format": "base64/gzip", "data"}`).
 *
 * @throws {ConfigError} `STATE_INVALID` when the compressed text is damaged
 */
export function statesByStream(messages: readonly StateMessage[]): JsonObject {
  const states: [string, JsonObject][] = [];
  for (const message of messages) {
    const typed = message.stream === undefined ? (message.global?.stream_states ?? []) : [message.stream];
    for (const { stream_descriptor, stream_state } of typed) {
      if (isJsonObject(stream_state)) states.push([stream_descriptor.name, stream_state]);
    }
    if (isJsonObject(message.data)) {
      for (const [name, state] of Object.entries(decompressStates(message.data))) {
        if (isJsonObject(state)) states.push([name, state]);
      }
    }
  }
  return Object.fromEntries(states);
}

/**
 * The map of states by stream, from its compressed form where it has that.
 *
 * @throws {ConfigError} `STATE_INVALID` when the compressed text is damaged
 */
export function decompressStates(data: JsonObject): JsonObject {
  if (data['format'] !== 'base64/gzip' || typeof data['data'] !== 'string') return data;
  try {
    const map: unknown = JSON.parse(gunzipSync(Buffer.from(data['data'], 'base64')).toString());
    if (isJsonObject(map)) return map;
  } catch (cause) {
    throw damaged(cause);
  }
  throw damaged(undefined);
}

function damaged(cause: unknown): ConfigError {
  return new ConfigError('The stored state is compressed and cannot be read. Clear the connection to start over.', {
    code: 'STATE_INVALID',
    cause,
  });
}
