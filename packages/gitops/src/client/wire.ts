import { isJsonObject, type Json, type JsonObject, namespaceOf, SystemError } from '@cuttle/protocol';

/** A connector definition of a workspace. */
export interface RemoteDefinition {
  readonly id: string;
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
}

/** A source or destination. */
export interface RemoteActor {
  readonly id: string;
  readonly name: string;
  readonly definitionId: string;
  /** Secrets are masked. */
  readonly configuration: JsonObject;
  readonly resourceAllocation: JsonObject | undefined;
}

/** A tag, whole, as connections want it. */
export interface RemoteTag extends JsonObject {
  readonly tagId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly color: string;
}

/** A connection as it was read; what this version does not know stays in `raw`. */
export interface RemoteConnection {
  readonly id: string;
  readonly name: string;
  readonly sourceId: string;
  readonly destinationId: string;
  readonly status: string;
  readonly statusReason: string | undefined;
  readonly tags: readonly RemoteTag[];
  readonly streams: readonly JsonObject[];
  readonly raw: JsonObject;
}

/** A stream as the server discovered it; fields are the top level ones. */
export interface RemoteStream {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly syncModes: readonly string[];
  readonly defaultCursor: readonly string[];
  readonly hasSourceDefinedCursor: boolean;
  readonly sourceDefinedKey: readonly (readonly string[])[];
  readonly fields: readonly string[];
}

/** A job. The status may be a word that this version does not know. */
export interface RemoteJob {
  readonly id: number;
  readonly connectionId: string;
  readonly type: string;
  readonly status: string;
  readonly rows: number | undefined;
  readonly bytes: number | undefined;
  readonly startTime: string;
}

/** A connector definition. @throws {SystemError} `AIRBYTE_ANSWER` when a needed field is missing */
export function decodeDefinition(value: unknown): RemoteDefinition {
  const entry = mapOf(value, 'definition');
  return {
    id: text(entry, 'id', 'definition'),
    name: text(entry, 'name', 'definition'),
    repository: text(entry, 'dockerRepository', 'definition'),
    tag: text(entry, 'dockerImageTag', 'definition'),
  };
}

/** A source or destination. @throws {SystemError} `AIRBYTE_ANSWER` */
export function decodeActor(role: 'source' | 'destination', value: unknown): RemoteActor {
  const entry = mapOf(value, role);
  const configuration = entry['configuration'];
  const allocation = entry['resourceAllocation'];
  return {
    id: text(entry, `${role}Id`, role),
    name: text(entry, 'name', role),
    definitionId: text(entry, 'definitionId', role),
    configuration: isJsonObject(configuration) ? configuration : {},
    resourceAllocation: isJsonObject(allocation) ? allocation : undefined,
  };
}

/** A tag. @throws {SystemError} `AIRBYTE_ANSWER` */
export function decodeTag(value: unknown): RemoteTag {
  const entry = mapOf(value, 'tag');
  return {
    tagId: text(entry, 'tagId', 'tag'),
    workspaceId: text(entry, 'workspaceId', 'tag'),
    name: text(entry, 'name', 'tag'),
    color: text(entry, 'color', 'tag'),
  };
}

/** A connection. @throws {SystemError} `AIRBYTE_ANSWER` */
export function decodeConnection(value: unknown): RemoteConnection {
  const raw = mapOf(value, 'connection');
  const configurations = isJsonObject(raw['configurations']) ? raw['configurations'] : {};
  const reason = raw['statusReason'];
  return {
    id: text(raw, 'connectionId', 'connection'),
    name: text(raw, 'name', 'connection'),
    sourceId: text(raw, 'sourceId', 'connection'),
    destinationId: text(raw, 'destinationId', 'connection'),
    status: text(raw, 'status', 'connection'),
    statusReason: typeof reason === 'string' ? reason : undefined,
    tags: listOf(raw['tags']).filter(isJsonObject).map(decodeTag),
    streams: listOf(configurations['streams']).filter(isJsonObject),
    raw,
  };
}

/** A discovered stream. @throws {SystemError} `AIRBYTE_ANSWER` */
export function decodeStream(value: unknown): RemoteStream {
  const entry = mapOf(value, 'stream');
  const namespace = entry['streamnamespace'] ?? entry['streamNamespace'];
  const fields = listOf(entry['propertyFields']).flatMap((path) => (Array.isArray(path) ? String(path[0]) : []));
  return {
    name: text(entry, 'streamName', 'stream'),
    namespace: namespaceOf({ namespace }),
    syncModes: texts(entry['syncModes']),
    defaultCursor: texts(entry['defaultCursorField']),
    hasSourceDefinedCursor: entry['sourceDefinedCursorField'] === true,
    sourceDefinedKey: listOf(entry['sourceDefinedPrimaryKey']).map(texts),
    fields: [...new Set(fields)],
  };
}

/** A job of either API; unknown values stay texts. @throws {SystemError} `AIRBYTE_ANSWER` */
export function decodeJob(value: unknown): RemoteJob {
  const entry = mapOf(value, 'job');
  const number = (key: string): number | undefined => (typeof entry[key] === 'number' ? entry[key] : undefined);
  return {
    id: number('jobId') ?? number('id') ?? 0,
    connectionId: String(entry['connectionId'] ?? entry['configId'] ?? ''),
    type: String(entry['jobType'] ?? entry['configType'] ?? ''),
    status: String(entry['status'] ?? ''),
    rows: number('rowsSynced'),
    bytes: number('bytesSynced'),
    startTime: String(entry['startTime'] ?? ''),
  };
}

/** A value that may be null, absent or a list, as a list. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** As {@link listOf}, of texts. */
export function texts(value: Json | undefined): readonly string[] {
  return listOf(value).map(String);
}

function mapOf(value: unknown, what: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new SystemError(`Airbyte answered with a ${what} that is no object.`, { code: 'AIRBYTE_ANSWER' });
}

function text(entry: JsonObject, key: string, what: string): string {
  const value = entry[key];
  if (typeof value === 'string') return value;
  throw new SystemError(`Airbyte answered with a ${what} that has no "${key}".`, { code: 'AIRBYTE_ANSWER' });
}
