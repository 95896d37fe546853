import { namespaceOf, streamKey } from './catalog.js';
import { ConfigError } from './errors.js';
import type {
  AirbyteCatalog,
  AirbyteStream,
  ConfiguredCatalog,
  ConfiguredStream,
  DestinationSyncMode,
  FieldPath,
  Json,
  JsonObject,
  StateMessage,
  StreamDescriptor,
  StreamState,
  SyncMode,
} from './message.js';

const SYNC_MODES: readonly SyncMode[] = ['full_refresh', 'incremental'];
const DESTINATION_MODES: readonly DestinationSyncMode[] = [
  'append',
  'overwrite',
  'append_dedup',
  'update',
  'soft_delete',
];

/** Whether a value is a JSON object (not null, not a list). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A configured catalog from parsed JSON. Unknown fields are kept; null and missing optional fields are equal, and an
 * empty namespace is none.
 *
 * @throws {ConfigError} `CATALOG_INVALID` naming the place, when a required part is missing or of a wrong type, and when
 *   two entries are one stream
 */
export function decodeConfiguredCatalog(value: unknown): ConfiguredCatalog {
  if (!isJsonObject(value) || !Array.isArray(value['streams'])) {
    throw invalidCatalog('streams', 'must be a list of configured streams');
  }
  const streams = value['streams'].map((entry: unknown, index) => decodeConfiguredStream(entry, `streams[${index}]`));
  requireDistinctStreams(streams.map(({ stream }) => stream));
  return { ...value, streams };
}

/**
 * The answer of `discover`: what a stream has to have is there, names are distinct. Null optional fields are left out.
 *
 * @throws {ConfigError} `CATALOG_INVALID` naming the place
 */
export function decodeCatalog(value: unknown): AirbyteCatalog {
  if (!isJsonObject(value) || !Array.isArray(value['streams'])) {
    throw invalidCatalog('streams', 'must be a list of streams');
  }
  const streams = value['streams'].map((entry: unknown, index) => decodeStream(entry, `streams[${index}]`));
  requireDistinctStreams(streams);
  return { ...value, streams };
}

function decodeStream(entry: unknown, place: string): AirbyteStream {
  if (!isJsonObject(entry)) throw invalidCatalog(place, 'must be an object');
  const stream = Object.fromEntries(Object.entries(entry).filter(([, part]) => part !== null));
  if (typeof stream['name'] !== 'string' || stream['name'] === '') {
    throw invalidCatalog(`${place}.name`, 'must be a text that is not empty');
  }
  const named = `${place} (stream "${stream['name']}")`;
  if (!isJsonObject(stream['json_schema'])) throw invalidCatalog(`${named}.json_schema`, 'must be an object');
  if (typeof (stream['namespace'] ?? '') !== 'string') throw invalidCatalog(`${named}.namespace`, 'must be a text');
  const modes = stream['supported_sync_modes'] ?? ['full_refresh'];
  if (!Array.isArray(modes) || modes.some((mode) => typeof mode !== 'string')) {
    throw invalidCatalog(`${named}.supported_sync_modes`, 'must be a list of texts');
  }
  requirePath(stream['default_cursor_field'], `${named}.default_cursor_field`);
  const key = stream['source_defined_primary_key'] ?? [];
  if (!Array.isArray(key)) throw invalidCatalog(`${named}.source_defined_primary_key`, 'must be a list of paths');
  for (const path of key) requirePath(path, `${named}.source_defined_primary_key`);
  // Checked above, field by field.
  return { ...stream, supported_sync_modes: modes } as unknown as AirbyteStream;
}

/** @throws {ConfigError} `CATALOG_INVALID` when two streams of a catalog have one name and, null or empty, one namespace */
export function requireDistinctStreams(streams: readonly StreamDescriptor[]): void {
  const places = new Map<string, number>();
  for (const [index, stream] of streams.entries()) {
    const first = places.get(streamKey(stream));
    places.set(streamKey(stream), index);
    if (first === undefined) continue;
    throw invalidCatalog(
      `streams[${index}] (stream "${stream.name}")`,
      `is the same stream as streams[${first}]: equal names need two namespaces, and null and "" are none`,
    );
  }
}

function decodeConfiguredStream(entry: unknown, place: string): ConfiguredStream {
  if (!isJsonObject(entry)) throw invalidCatalog(place, 'must be an object');
  const stream = entry['stream'];
  if (!isJsonObject(stream)) throw invalidCatalog(`${place}.stream`, 'must be an object');
  if (typeof stream['name'] !== 'string' || stream['name'] === '') {
    throw invalidCatalog(`${place}.stream.name`, 'must be a text that is not empty');
  }
  const named = `${place} (stream "${stream['name']}")`;
  if (!isJsonObject(stream['json_schema'])) throw invalidCatalog(`${named}.stream.json_schema`, 'must be an object');
  requireOneOf(entry['sync_mode'], SYNC_MODES, `${named}.sync_mode`);
  requireOneOf(entry['destination_sync_mode'], DESTINATION_MODES, `${named}.destination_sync_mode`);
  requirePath(entry['cursor_field'], `${named}.cursor_field`);
  const key = entry['primary_key'] ?? [];
  if (!Array.isArray(key)) throw invalidCatalog(`${named}.primary_key`, 'must be a list of paths');
  for (const path of key) requirePath(path, `${named}.primary_key`);
  requireIds(entry, named);
  // Checked above, field by field.
  return { ...entry, stream: withoutEmptyNamespace(stream) } as unknown as ConfiguredStream;
}

/** Ids are compared and written as they are: one that JavaScript has rounded, or that is no whole number, is another id. */
function requireIds(entry: JsonObject, named: string): void {
  for (const field of ['generation_id', 'minimum_generation_id', 'sync_id']) {
    const id = entry[field] ?? null;
    if (id === null || (Number.isSafeInteger(id) && Number(id) >= 0)) continue;
    throw invalidCatalog(`${named}.${field}`, 'must be a whole number from 0 to 2^53 - 1');
  }
  const [id, minimum] = [Number(entry['generation_id'] ?? 0), Number(entry['minimum_generation_id'] ?? 0)];
  if (minimum <= id) return;
  throw invalidCatalog(`${named}.minimum_generation_id`, `is ${minimum}, above the generation_id ${id}`);
}

function withoutEmptyNamespace(stream: JsonObject): JsonObject {
  if (stream['namespace'] !== '') return stream;
  const { namespace: _empty, ...rest } = stream;
  return rest;
}

function requireOneOf(value: unknown, allowed: readonly string[], place: string): void {
  if (typeof value !== 'string' || !allowed.includes(value)) {
    throw invalidCatalog(place, `must be one of ${allowed.join(', ')}`);
  }
}

function requirePath(value: unknown, place: string): asserts value is FieldPath | null | undefined {
  if (value == null) return;
  if (!Array.isArray(value) || value.some((part) => typeof part !== 'string')) {
    throw invalidCatalog(place, 'must be a list of texts');
  }
}

function invalidCatalog(place: string, problem: string): ConfigError {
  return new ConfigError(`The catalog is not valid: ${place} ${problem}.`, { code: 'CATALOG_INVALID' });
}

/**
 * The states of a `--state` file: a list of state messages, one message, `{}`, `[]`, the old LEGACY forms, or the
 * forms in which Airbyte's API and other clients write STREAM and GLOBAL states, without a type and in camel case.
 * Wrapped messages (`{"type": "STATE", "state": ...}`) are taken too. An empty state gives an empty list.
 *
 * @throws {ConfigError} `STATE_INVALID` when the value is none of these
 */
export function decodeStates(value: unknown): readonly StateMessage[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((entry: unknown) => decodeStates(entry));
  if (!isJsonObject(value)) {
    throw new ConfigError('The state is not valid: it must be a list of state messages or an object.', {
      code: 'STATE_INVALID',
    });
  }
  if (Object.keys(value).length === 0) return [];
  if (value['type'] === 'STATE' && isJsonObject(value['state'])) return decodeStates(value['state']);
  if (value['type'] === 'STREAM') return [{ ...value, type: 'STREAM', stream: decodeStreamState(value['stream']) }];
  if (value['type'] === 'GLOBAL') return [decodeGlobalState(value)];
  if (value['type'] === 'LEGACY') return [{ type: 'LEGACY', data: value['data'] ?? null }];
  const untyped = untypedStates(value);
  if (untyped !== undefined) return untyped;
  // Without a type: `{"data": ...}` or the bare map of a LEGACY state.
  return [{ type: 'LEGACY', data: isJsonObject(value['data']) ? value['data'] : value }];
}

function untypedStates(value: JsonObject): readonly StateMessage[] | undefined {
  const own = isStreamState(value) ? value : value['stream'];
  if (isStreamState(own)) return [{ type: 'STREAM', stream: decodeStreamState(own) }];
  // As Airbyte's API answers: { stateType, streamState: [...] } or { stateType, globalState: {...} }.
  const { streamState: list, globalState: shared } = value;
  if (Array.isArray(list) && list.length > 0 && list.every(isStreamState)) {
    return list.map((part) => ({ type: 'STREAM', stream: decodeStreamState(part) }));
  }
  const global = isJsonObject(shared) ? shared : value['global'];
  if (!isJsonObject(global)) return undefined;
  const states = global['streamStates'] ?? global['stream_states'];
  if (!Array.isArray(states) || !states.every(isStreamState)) return undefined;
  const known = { shared_state: (global['sharedState'] ?? global['shared_state'] ?? null) as Json };
  return [{ type: 'GLOBAL', global: { ...known, stream_states: states.map(decodeStreamState) } }];
}

/** `{ stream_descriptor, stream_state }`, also in camel case. */
function isStreamState(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const descriptor = value['stream_descriptor'] ?? value['streamDescriptor'];
  return isJsonObject(descriptor) && typeof descriptor['name'] === 'string';
}

function decodeGlobalState(value: JsonObject): StateMessage {
  const global = value['global'];
  if (!isJsonObject(global)) {
    throw new ConfigError('The state is not valid: a GLOBAL state has no "global".', { code: 'STATE_INVALID' });
  }
  const states = Array.isArray(global['stream_states']) ? global['stream_states'] : [];
  return { ...value, type: 'GLOBAL', global: { ...global, stream_states: states.map(decodeStreamState) } };
}

function decodeStreamState(value: unknown): StreamState {
  const descriptor = isJsonObject(value) ? (value['stream_descriptor'] ?? value['streamDescriptor']) : undefined;
  if (!isJsonObject(value) || !isJsonObject(descriptor) || typeof descriptor['name'] !== 'string') {
    throw new ConfigError('The state is not valid: a STREAM state has no stream_descriptor with a name.', {
      code: 'STATE_INVALID',
    });
  }
  const namespace = namespaceOf(descriptor);
  const { streamDescriptor: _descriptor, streamState, ...rest } = value;
  return {
    ...rest,
    stream_descriptor: { name: descriptor['name'], ...(namespace === undefined ? {} : { namespace }) },
    stream_state: (value['stream_state'] ?? streamState ?? null) as Json,
  };
}
