import { isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import { listOf, type RemoteConnection, type RemoteStream, texts } from '../client/wire.js';
import { readNamespace, readSchedule } from '../model/connections.js';
import { identityOf, streamKeyOf, WIRE_MODES } from '../model/streams.js';

/** Thrown for a connection that documents cannot say. */
export class NotImportable extends Error {
  override readonly name = 'NotImportable';
}

/** What a connection is called in documents. */
export interface ConnectionNames {
  readonly source: string;
  readonly destination: string;
  /** Tag of managed connections, which no document names. */
  readonly mark: string;
  /** Name of an environment variable for a secret of this connection. */
  variable(path: string): string;
}

/**
 * A connection as a document without defaults.
 *
 * @throws {NotImportable} naming what documents cannot say
 */
export function importConnection(
  connection: RemoteConnection,
  catalog: readonly RemoteStream[] | undefined,
  names: ConnectionNames,
): JsonObject {
  const { raw } = connection;
  const prefix = raw['prefix'];
  const tags = connection.tags.map(({ name }) => name).filter((name) => name !== names.mark);
  return {
    kind: 'Connection',
    name: connection.name,
    source: names.source,
    destination: names.destination,
    ...(connection.status === 'inactive' ? { status: 'inactive' } : {}),
    ...scheduleDocument(raw['schedule']),
    ...namespaceDocument(raw),
    ...(typeof prefix === 'string' && prefix !== '' ? { prefix } : {}),
    ...schemaChangesDocument(raw['nonBreakingSchemaUpdatesBehavior']),
    ...(tags.length === 0 ? {} : { tags: tags.sort() }),
    streams: streamsDocument(connection, catalog, names),
  };
}

function scheduleDocument(value: Json | undefined): JsonObject {
  const text = readSchedule(value);
  if (text === 'manual') return {};
  if (text.startsWith('every ')) return { schedule: { every: text.slice(6) } };
  if (text.startsWith('basic ')) throw new NotImportable(`its schedule "${text.slice(6)}"`);
  const parts = text.slice(5).split(' ');
  const zone = parts.length > 6 && /[A-Za-z]/.test(parts.at(-1)!) ? parts.pop() : undefined;
  if (parts.length < 6) throw new NotImportable('its empty cron');
  return { schedule: { cron: parts.join(' '), ...(zone === undefined ? {} : { timezone: zone }) } };
}

function namespaceDocument(raw: JsonObject): JsonObject {
  const text = readNamespace(raw['namespaceDefinition'], raw['namespaceFormat']);
  if (text === 'destination') return {};
  if (text === 'source') return { namespace: 'source' };
  if (text.startsWith('format ')) return { namespace: { format: text.slice(7) } };
  throw new NotImportable(`its namespace "${text}"`);
}

function schemaChangesDocument(value: Json | undefined): JsonObject {
  if (value === undefined || value === null || value === 'ignore') return {};
  if (value === 'disable_connection') return { schemaChanges: 'disable' };
  if (value === 'propagate_columns' || value === 'propagate_fully') return { schemaChanges: value };
  throw new NotImportable(`its way with schema changes "${String(value)}"`);
}

/** Streams by name; what all of them share stands under "*". */
function streamsDocument(
  connection: RemoteConnection,
  catalog: readonly RemoteStream[] | undefined,
  names: ConnectionNames,
): JsonObject {
  const streams = connection.streams.map((stream): [string, JsonObject] => {
    const key = streamKeyOf(identityOf(stream));
    return [
      key,
      streamDocument(
        stream,
        catalog?.find((entry) => streamKeyOf(entry) === key),
        names,
      ),
    ];
  });
  streams.sort(([a], [b]) => (a < b ? -1 : 1));
  if (streams.length < 2) return Object.fromEntries(streams);
  const [, first] = streams[0]!;
  const shared = Object.keys(first).filter(
    (name) =>
      ['sync', 'cursor', 'primaryKey'].includes(name) &&
      streams.every(([, settings]) => JSON.stringify(settings[name]) === JSON.stringify(first[name])),
  );
  if (shared.length === 0) return Object.fromEntries(streams);
  const own = streams.map(([key, settings]): [string, JsonObject] => [
    key,
    Object.fromEntries(Object.entries(settings).filter(([name]) => !shared.includes(name))),
  ]);
  return { '*': Object.fromEntries(shared.map((name) => [name, first[name]!])), ...Object.fromEntries(own) };
}

function streamDocument(stream: JsonObject, found: RemoteStream | undefined, names: ConnectionNames): JsonObject {
  const mode = String(stream['syncMode'] ?? 'full_refresh_overwrite');
  const sync = Object.entries(WIRE_MODES).find(([, wire]) => wire === mode)?.[0];
  if (sync === undefined) throw new NotImportable(`the sync mode "${mode}" of stream "${String(stream['name'])}"`);
  const cursor = texts(stream['cursorField']);
  const key = listOf(stream['primaryKey']).map(texts);
  const ownsCursor =
    found?.hasSourceDefinedCursor !== true && cursor.join('.') !== (found?.defaultCursor ?? []).join('.');
  const ownsKey = key.length > 0 && (found?.sourceDefinedKey.length ?? 0) === 0;
  const transform = listOf(stream['mappers']).map((mapper, index) => stepDocument(mapper, stream, index, names));
  return {
    sync,
    ...(ownsCursor && cursor.length > 0 ? { cursor: cursor.length === 1 ? cursor[0]! : [...cursor] } : {}),
    ...(ownsKey ? { primaryKey: keyDocument(key) } : {}),
    ...fieldsDocument(stream, found),
    ...(transform.length === 0 ? {} : { transform }),
  };
}

function keyDocument(key: readonly (readonly string[])[]): Json {
  return key.map((path): Json => (path.length === 1 ? path[0]! : [...path]));
}

/** The shorter of the fields that are taken and those that are not. */
function fieldsDocument(stream: JsonObject, found: RemoteStream | undefined): JsonObject {
  const fields = listOf(stream['selectedFields']).flatMap((entry) =>
    isJsonObject(entry) ? texts(entry['fieldPath']).slice(0, 1) : [],
  );
  if (fields.length === 0) return {};
  const left = found?.fields.filter((field) => !fields.includes(field));
  if (left?.length === 0) return {};
  if (left !== undefined && left.length < fields.length) return { fields: { exclude: left.sort() } };
  return { fields: [...fields].sort() };
}

function stepDocument(value: Json, stream: JsonObject, index: number, names: ConnectionNames): JsonObject {
  const { type, mapperConfiguration } = isJsonObject(value) ? value : {};
  const config = isJsonObject(mapperConfiguration) ? mapperConfiguration : {};
  const { targetField = '', fieldNameSuffix: suffix = '' } = config;
  const path = `${String(stream['name'])}_${index}`;
  switch (type) {
    case 'hashing': {
      const isDefault = config['method'] === 'SHA-256' && suffix === '_hashed';
      return { hash: targetField, ...(isDefault ? {} : { method: config['method'] ?? 'SHA-256', suffix }) };
    }
    case 'field-renaming':
      return { rename: config['originalFieldName'] ?? '', to: config['newFieldName'] ?? '' };
    case 'field-filtering':
      return { drop: targetField };
    case 'row-filtering':
      return filterDocument(config['conditions']);
    case 'encryption': {
      const key = { $env: names.variable(`${path}_key`) };
      if (config['algorithm'] === 'RSA') return { encrypt: targetField, method: 'RSA', publicKey: key, suffix };
      const { mode = 'CBC', padding = 'PKCS5Padding' } = config;
      return { encrypt: targetField, method: 'AES', key, mode, padding, suffix };
    }
    default:
      throw new NotImportable(`the mapper "${String(type)}" of stream "${String(stream['name'])}"`);
  }
}

function filterDocument(condition: Json | undefined): JsonObject {
  const { type, conditions, fieldName, comparisonValue } = isJsonObject(condition) ? condition : {};
  const [inner] = listOf(conditions);
  if (type === 'EQUAL') return { filter: fieldName ?? '', equals: comparisonValue ?? '' };
  if (type === 'NOT' && listOf(conditions).length === 1 && isJsonObject(inner) && inner['type'] === 'EQUAL') {
    return { filter: inner['fieldName'] ?? '', not: inner['comparisonValue'] ?? '' };
  }
  throw new NotImportable(`a row filter of the kind "${String(type)}"`);
}
