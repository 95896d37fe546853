import type { StreamSettings, SyncWord, WantedConnection } from '@cuttle/project';
import { isJsonObject, type Json, type JsonObject, namespaceOf } from '@cuttle/protocol';
import { listOf, type RemoteStream, texts } from '../client/wire.js';
import type { Leaves } from './leaves.js';
import { mappersToSend, mapperText, wantedMappers } from './mappers.js';

/** Sync modes of the public API by the words of the documents. */
export const WIRE_MODES: Readonly<Record<SyncWord, string>> = {
  'full refresh overwrite': 'full_refresh_overwrite',
  'full refresh append': 'full_refresh_append',
  'full refresh overwrite dedup': 'full_refresh_overwrite_deduped',
  'incremental append': 'incremental_append',
  'incremental dedup': 'incremental_deduped_history',
};

/** The words of the documents for a sync mode; a mode that they do not have stays as it is. */
export function syncWordOf(mode: string): string {
  return Object.entries(WIRE_MODES).find(([, wire]) => wire === mode)?.[0] ?? mode;
}

/** Airbyte's own default. */
const DEFAULT_MODE = 'full_refresh_overwrite';

/** A stream that a connection wants, beside what was discovered of it. */
export interface WantedStream {
  readonly key: string;
  readonly settings: StreamSettings;
  /** Undefined when the source was not discovered, or has no such stream. */
  readonly found: RemoteStream | undefined;
}

/** `namespace.name`, or `name`. */
export function streamKeyOf(stream: { readonly name: string; readonly namespace?: string | undefined }): string {
  return stream.namespace === undefined || stream.namespace === '' ? stream.name : `${stream.namespace}.${stream.name}`;
}

/**
 * The streams that a connection takes. A name that only one stream has is enough to find it.
 *
 * @param catalog what the source has; undefined leaves `select: all` open
 */
export function wantedStreams(
  connection: WantedConnection,
  catalog: readonly RemoteStream[] | undefined,
): readonly WantedStream[] {
  const find = (key: string): RemoteStream | undefined => {
    const exact = catalog?.find((stream) => streamKeyOf(stream) === key);
    if (exact !== undefined) return exact;
    const named = catalog?.filter((stream) => stream.name === key) ?? [];
    return named.length === 1 ? named[0] : undefined;
  };
  const listed = connection.streams.map((settings): WantedStream => {
    const found = find(settings.key);
    return { key: found === undefined ? settings.key : streamKeyOf(found), settings, found };
  });
  const { unlisted } = connection;
  const known = new Set(listed.map(({ key }) => key));
  const others = unlisted === undefined ? [] : (catalog ?? []).filter((stream) => !known.has(streamKeyOf(stream)));
  return [
    ...listed.filter(({ settings }) => settings.isEnabled),
    ...others.map((found): WantedStream => ({ key: streamKeyOf(found), settings: unlisted!, found })),
  ];
}

/** Values of a wanted stream as the server will show them: what the source defines wins, defaults are filled in. */
export function wantedStreamLeaves({ key, settings, found }: WantedStream): Leaves {
  const cursor = cursorOf(settings, found);
  const primaryKey = keyOf(settings, found);
  const fields = selectedFields(settings, found);
  return named(key, {
    sync: modeOf(settings),
    ...(cursor === undefined ? {} : { cursor: cursor.join('.') }),
    ...(primaryKey === undefined ? {} : { key: keyTexts(primaryKey) }),
    ...(fields === 'unknown' ? {} : { fields: fields === undefined ? 'all' : [...fields].sort() }),
    mappers: wantedMappers(settings.transform).map(mapperText),
  });
}

/** Values of a stream that was read. @param found what was discovered of it */
export function remoteStreamLeaves(stream: JsonObject, found: RemoteStream | undefined): Leaves {
  const fields = [...new Set(fieldsIn(stream['selectedFields']))].sort();
  const isAll = fields.length === 0 || found?.fields.every((field) => fields.includes(field)) === true;
  return named(streamKeyOf(identityOf(stream)), {
    sync: typeof stream['syncMode'] === 'string' ? stream['syncMode'] : DEFAULT_MODE,
    cursor: texts(stream['cursorField']).join('.'),
    key: keyTexts(listOf(stream['primaryKey']).map(texts)),
    fields: isAll ? 'all' : fields,
    mappers: listOf(stream['mappers']).map(mapperText),
  });
}

/** Name and namespace of a stream that was read. */
export function identityOf(stream: JsonObject): { readonly name: string; readonly namespace: string | undefined } {
  return { name: String(stream['name']), namespace: namespaceOf(stream) };
}

/**
 * A stream as a request has it, whole: what a request leaves out is reset.
 *
 * @param remote the stream as it is now, for ids and for values that documents do not know
 * @throws {ConfigError} `REFERENCE_UNRESOLVED` for the key of an `encrypt` step
 */
export function streamBody(
  wanted: WantedStream,
  connection: WantedConnection,
  remote: JsonObject | undefined,
): JsonObject {
  const { settings, found, key } = wanted;
  const { name, namespace } = found ?? { name: key, namespace: undefined };
  const fields = selectedFields(settings, found);
  const ownsCursor = found?.hasSourceDefinedCursor !== true && settings.cursor !== undefined;
  const ownsKey = (found?.sourceDefinedKey.length ?? 0) === 0 && settings.primaryKey !== undefined;
  const mappers = mappersToSend(settings, connection, listOf(remote?.['mappers']));
  const { includeFiles, destinationObjectName } = remote ?? {};
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    syncMode: modeOf(settings),
    ...(ownsCursor ? { cursorField: [...(settings.cursor ?? [])] } : {}),
    ...(ownsKey ? { primaryKey: (settings.primaryKey ?? []).map((path) => [...path]) } : {}),
    ...(fields === undefined || fields === 'unknown'
      ? {}
      : { selectedFields: fields.map((field) => ({ fieldPath: [field] })) }),
    ...(mappers.length === 0 ? {} : { mappers: [...mappers] }),
    ...(includeFiles === true ? { includeFiles } : {}),
    ...(typeof destinationObjectName === 'string' ? { destinationObjectName } : {}),
  };
}

/** Whether a stream's key or cursor in the documents is overruled by the source's own. */
export function overruled({ settings, found }: WantedStream): readonly ('cursor' | 'primaryKey')[] {
  const { cursor, primaryKey } = settings;
  const isCursor = found?.hasSourceDefinedCursor === true && cursor !== undefined;
  const isKey = (found?.sourceDefinedKey.length ?? 0) > 0 && primaryKey !== undefined;
  return [
    ...(isCursor && cursor.join('.') !== found.defaultCursor.join('.') ? (['cursor'] as const) : []),
    ...(isKey && keyTexts(primaryKey).join() !== keyTexts(found!.sourceDefinedKey).join()
      ? (['primaryKey'] as const)
      : []),
  ];
}

function modeOf(settings: StreamSettings): string {
  return settings.sync === undefined ? DEFAULT_MODE : WIRE_MODES[settings.sync];
}

function cursorOf(settings: StreamSettings, found: RemoteStream | undefined): readonly string[] | undefined {
  if (found?.hasSourceDefinedCursor === true) return found.defaultCursor;
  return settings.cursor ?? found?.defaultCursor;
}

function keyOf(settings: StreamSettings, found: RemoteStream | undefined): readonly (readonly string[])[] | undefined {
  if (found !== undefined && found.sourceDefinedKey.length > 0) return found.sourceDefinedKey;
  return settings.primaryKey ?? (found === undefined ? undefined : []);
}

function keyTexts(paths: readonly (readonly string[])[]): string[] {
  return paths.map((path) => path.join('.')).sort();
}

/** The fields to select: undefined is all, `unknown` when they depend on what was not discovered. */
function selectedFields(
  settings: StreamSettings,
  found: RemoteStream | undefined,
): readonly string[] | undefined | 'unknown' {
  if (settings.fields === undefined) return undefined;
  const needed = [
    ...(modeOf(settings).startsWith('incremental') ? (cursorOf(settings, found) ?? []).slice(0, 1) : []),
    ...(keyOf(settings, found) ?? []).flatMap((path) => path.slice(0, 1)),
  ];
  if ('include' in settings.fields) {
    const chosen = [...new Set([...settings.fields.include, ...needed])];
    return found?.fields.every((field) => chosen.includes(field)) === true ? undefined : chosen;
  }
  if (found === undefined) return 'unknown';
  const { exclude } = settings.fields;
  const kept = found.fields.filter((field) => !exclude.includes(field) || needed.includes(field));
  return kept.length === found.fields.length ? undefined : kept;
}

function fieldsIn(value: Json | undefined): readonly string[] {
  return listOf(value).flatMap((entry) => (isJsonObject(entry) ? texts(entry['fieldPath']).slice(0, 1) : []));
}

/** Separates a stream's key, which may hold dots, from the name of a value. */
const BETWEEN = '\u0000';

function named(key: string, values: Leaves): Leaves {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${BETWEEN}${key}${BETWEEN}${name}`, value]),
  );
}

/** The stream and the value that a leaf belongs to; undefined when it is none of a stream. */
export function streamLeaf(path: string): { readonly stream: string; readonly name: string } | undefined {
  const [empty, stream, name] = path.split(BETWEEN);
  return empty === '' && stream !== undefined && name !== undefined ? { stream, name } : undefined;
}
