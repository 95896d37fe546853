import type { ConnectionStream, ConnectorImage, ImageStream, JsonMap, Mapper } from './model.js';
import { refusal } from './problem.js';
import { asMap, isMap, MASK } from './secrets.js';

/** The sync modes that a stream has with a destination, as the public API spells them. */
export function syncModesOf(stream: ImageStream, destination: ConnectorImage | undefined): readonly string[] {
  const modes = destination?.destinationModes ?? ['append', 'overwrite', 'append_dedup'];
  return stream.modes.flatMap((mode) => {
    if (mode === 'incremental') {
      return [
        ...(modes.includes('append') ? ['incremental_append'] : []),
        ...(modes.includes('append_dedup') ? ['incremental_deduped_history'] : []),
      ];
    }
    return [
      ...(modes.includes('append') ? ['full_refresh_append'] : []),
      ...(modes.includes('overwrite') ? ['full_refresh_overwrite'] : []),
      ...(modes.includes('append_dedup') ? ['full_refresh_overwrite_deduped'] : []),
    ];
  });
}

/** What a stream request is checked against. */
export interface StreamRules {
  readonly discovered: readonly ImageStream[];
  readonly destination: ConnectorImage;
  /** Streams before the change, for the keys of mappers. */
  readonly before: readonly ConnectionStream[];
  newId(): string;
}

/** Every discovered stream as full refresh overwrite: what a request without streams creates. */
export function allStreams(rules: StreamRules): readonly ConnectionStream[] {
  return rules.discovered.map((stream) => buildStream({ name: stream.name, namespace: stream.namespace }, rules));
}

/**
 * The streams of a request. Each is built anew from what was discovered: what the request leaves out is lost.
 *
 * @throws {Problem} 400
 */
export function buildStreams(requested: readonly unknown[], rules: StreamRules): readonly ConnectionStream[] {
  const built = requested.map((entry) => buildStream(asMap(entry), rules));
  const keys = built.map((stream) => `${stream.namespace ?? ''} ${stream.name}`);
  if (new Set(keys).size < keys.length) throw refusal(400, 'Duplicate stream found in configuration.');
  return built;
}

function buildStream(request: JsonMap, rules: StreamRules): ConnectionStream {
  const found = findStream(request, rules.discovered);
  const modes = syncModesOf(found, rules.destination);
  const syncMode = String(request['syncMode'] ?? 'full_refresh_overwrite');
  if (!modes.includes(syncMode)) {
    throw refusal(400, `Cannot set sync mode to ${syncMode} for stream ${found.name}. Valid: ${modes.join(', ')}`);
  }
  const cursorField = cursorOf(request['cursorField'], found, syncMode);
  const primaryKey = keyOf(request['primaryKey'], found, syncMode);
  const selected = selectionOf(request['selectedFields'], found, [
    ...(syncMode.startsWith('incremental') ? cursorField.slice(0, 1) : []),
    ...(syncMode.includes('dedup') ? primaryKey.map((path) => path[0] ?? '') : []),
  ]);
  return {
    name: found.name,
    ...(found.namespace === undefined ? {} : { namespace: found.namespace }),
    syncMode,
    cursorField,
    primaryKey,
    ...(selected === undefined ? {} : { selectedFields: selected }),
    mappers: mappersOf(request['mappers'], found, rules),
  };
}

/** A name that is unique is enough, whatever namespace comes with it. */
function findStream(request: JsonMap, discovered: readonly ImageStream[]): ImageStream {
  const named = discovered.filter((stream) => stream.name === request['name']);
  const found =
    named.length === 1
      ? named[0]
      : named.find((stream) => (stream.namespace ?? '') === String(request['namespace'] ?? ''));
  if (found !== undefined) return found;
  const known = discovered.map((stream) => stream.name).join(', ');
  throw refusal(400, `Invalid stream found: ${String(request['name'])}. Valid streams: ${known}`);
}

function cursorOf(value: unknown, stream: ImageStream, syncMode: string): readonly string[] {
  const wanted = Array.isArray(value) ? value.map(String) : [];
  const own = [...(stream.defaultCursor ?? [])];
  if (stream.hasSourceDefinedCursor === true) {
    if (wanted.length > 0 && wanted.join('.') !== own.join('.')) {
      throw refusal(400, `Cursor Field ${wanted.join('.')} is already defined by source for stream: ${stream.name}.`);
    }
    return own;
  }
  if (wanted.length > 0 && !stream.fields.includes(wanted[0] ?? '')) {
    throw refusal(400, `Invalid cursor field for stream: ${stream.name}. Valid: ${stream.fields.join(', ')}`);
  }
  const effective = wanted.length > 0 ? wanted : own;
  if (syncMode.startsWith('incremental') && effective.length === 0) {
    throw refusal(400, `No default cursor field found for stream: ${stream.name}. Please include a cursor field.`);
  }
  return effective;
}

function keyOf(value: unknown, stream: ImageStream, syncMode: string): readonly (readonly string[])[] {
  const wanted = Array.isArray(value) ? value.map((path) => (Array.isArray(path) ? path.map(String) : [])) : [];
  const own = (stream.sourceDefinedKey ?? []).map((path) => [...path]);
  if (own.length > 0) {
    if (wanted.length > 0 && JSON.stringify([...wanted].sort()) !== JSON.stringify([...own].sort())) {
      throw refusal(400, `Primary key for stream: ${stream.name} is already pre-defined. Please do NOT include one.`);
    }
    return own;
  }
  const unknown = wanted.find((path) => !stream.fields.includes(path[0] ?? ''));
  if (unknown !== undefined)
    throw refusal(400, `Invalid primary key for stream: ${stream.name}: ${unknown.join('.')}.`);
  if (syncMode.includes('dedup') && wanted.length === 0) {
    throw refusal(400, `A primary key value is required for stream: ${stream.name}.`);
  }
  return wanted;
}

function selectionOf(value: unknown, stream: ImageStream, needed: readonly string[]): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  if (value.length === 0) throw refusal(400, `No fields selected for stream ${stream.name}.`);
  const paths = value.map((entry) => asMap(entry)['fieldPath']);
  if (paths.some((path) => !Array.isArray(path) || path.length !== 1)) {
    throw refusal(400, `Nested field selection is not supported for stream ${stream.name}.`);
  }
  const fields = paths.map((path) => String((path as readonly unknown[])[0]));
  const unknown = fields.filter((field) => !stream.fields.includes(field));
  if (unknown.length > 0) {
    throw refusal(
      400,
      `Invalid fields selected for stream ${stream.name}: ${unknown.join(', ')}. Valid: ${stream.fields.join(', ')}`,
    );
  }
  const missing = needed.filter((field) => !fields.includes(field));
  if (missing.length > 0) {
    throw refusal(400, `Primary key and cursor must be selected for stream ${stream.name}: ${missing.join(', ')}.`);
  }
  if (new Set(fields).size < fields.length) throw refusal(400, `Duplicate fields selected for stream ${stream.name}.`);
  return fields;
}

function mappersOf(value: unknown, stream: ImageStream, rules: StreamRules): readonly Mapper[] {
  if (!Array.isArray(value)) return [];
  const known = new Map(rules.before.flatMap((entry) => entry.mappers).map((mapper) => [mapper.id, mapper]));
  let fields: readonly string[] = stream.fields;
  return value.map((entry) => {
    const { id, type, mapperConfiguration } = asMap(entry);
    const config = asMap(mapperConfiguration);
    const target = config['targetField'] ?? config['originalFieldName'];
    if (target !== undefined && !fields.includes(String(target))) {
      throw refusal(400, `Mapper ${String(type)}: field ${String(target)} does not exist in stream ${stream.name}.`);
    }
    if (type === 'field-renaming') {
      fields = fields.map((field) => (field === target ? String(config['newFieldName']) : field));
    }
    const before = typeof id === 'string' ? known.get(id) : undefined;
    return {
      id: typeof id === 'string' ? id : rules.newId(),
      type: String(type),
      mapperConfiguration: keepKeys(config, before?.mapperConfiguration),
    };
  });
}

const KEYS = ['key', 'publicKey'];

function keepKeys(config: JsonMap, before: JsonMap | undefined): JsonMap {
  const kept = Object.entries(config).map(([name, value]) => [
    name,
    KEYS.includes(name) && value === MASK && before !== undefined ? before[name] : value,
  ]);
  return Object.fromEntries(kept);
}

/** A mapper as an answer shows it. */
export function shownMapper(mapper: Mapper): JsonMap {
  const config = Object.entries(mapper.mapperConfiguration).map(([name, value]) => [
    name,
    KEYS.includes(name) ? MASK : value,
  ]);
  return { ...mapper, mapperConfiguration: Object.fromEntries(config) };
}

/** Whether a value is a list with something in it. */
export function hasEntries(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every(isMap);
}
