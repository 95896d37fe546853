/** A JSON object. */
export type JsonMap = Readonly<Record<string, unknown>>;

/** Which side of a connection. */
export type Role = 'source' | 'destination';

/** A stream as a source's `discover` gives it; `fields` are the top level ones. */
export interface ImageStream {
  readonly name: string;
  readonly namespace?: string;
  readonly fields: readonly string[];
  readonly modes: readonly ('full_refresh' | 'incremental')[];
  readonly hasSourceDefinedCursor?: boolean;
  readonly defaultCursor?: readonly string[];
  readonly sourceDefinedKey?: readonly (readonly string[])[];
}

/** What an image answers to the platform. */
export interface ConnectorImage {
  readonly role: Role;
  /** `connectionSpecification`. */
  readonly spec: JsonMap;
  /** Of a source. */
  readonly streams?: readonly ImageStream[];
  /** Of a destination. */
  readonly destinationModes?: readonly ('append' | 'overwrite' | 'append_dedup')[];
  readonly supportsRefreshes?: boolean;
}

/** A connector definition; without a workspace it is one of the public registry. */
export interface Definition {
  readonly id: string;
  readonly role: Role;
  readonly workspaceId?: string;
  readonly repository: string;
  name: string;
  tag: string;
  readonly documentationUrl?: string;
}

/** A source or destination, with its secrets as they are. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  readonly workspaceId: string;
  readonly definitionId: string;
  readonly createdAt: number;
  name: string;
  config: JsonMap;
  /** Counts of writes of each secret, by dotted path. */
  readonly secretVersions: Map<string, number>;
  /** What the last discovery found; undefined before the first. */
  discovered?: readonly ImageStream[];
  /** Why `check` and `discover` fail now. */
  failure?: string;
}

/** A mapper of a stream, with its keys as they are. */
export interface Mapper {
  readonly id: string;
  readonly type: string;
  readonly mapperConfiguration: JsonMap;
}

/** A stream of a connection, all values effective. */
export interface ConnectionStream {
  readonly name: string;
  readonly namespace?: string;
  readonly syncMode: string;
  readonly cursorField: readonly string[];
  readonly primaryKey: readonly (readonly string[])[];
  /** Undefined means all. */
  readonly selectedFields?: readonly string[];
  readonly mappers: readonly Mapper[];
}

/** A tag of a workspace. */
export interface Tag {
  readonly tagId: string;
  readonly workspaceId: string;
  name: string;
  color: string;
}

/** A schedule as a connection keeps it. */
export interface Schedule {
  readonly scheduleType: 'manual' | 'cron' | 'basic';
  readonly cronExpression?: string;
  readonly timeZone?: string;
  readonly basicTiming?: string;
}

/** A connection. */
export interface Connection {
  readonly id: string;
  readonly workspaceId: string;
  readonly sourceId: string;
  readonly destinationId: string;
  readonly createdAt: number;
  name: string;
  status: string;
  statusReason?: string;
  schedule: Schedule;
  namespaceDefinition: string;
  namespaceFormat?: string;
  prefix: string;
  nonBreakingSchemaUpdatesBehavior: string;
  tags: readonly string[];
  streams: readonly ConnectionStream[];
  /** Cursors of streams, by stream key. */
  readonly states: Map<string, unknown>;
}

/** A job; its status moves on with each look at it. */
export interface Job {
  readonly id: number;
  readonly connectionId: string;
  readonly type: string;
  readonly streams?: readonly { readonly streamName: string; readonly streamNamespace?: string }[];
  readonly startTime: number;
  /** What is still to come; the first is the current status. */
  statuses: readonly string[];
}

/** `namespace.name`, or `name`. */
export function streamKey(stream: { readonly name: string; readonly namespace?: string | null | undefined }): string {
  return stream.namespace == null || stream.namespace === '' ? stream.name : `${stream.namespace}.${stream.name}`;
}
