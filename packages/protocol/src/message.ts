/**
 * The messages of the Airbyte protocol, release 0.18.0, as they stand on the wire.
 *
 * Field names are the protocol's own. Every object may carry more fields than are named here; readers ignore them.
 * Source: airbyte_protocol.yaml of the airbyte-protocol repository.
 */

/** A JSON value as it arrives from outside. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object as it arrives from outside. */
export type JsonObject = { readonly [key: string]: Json };

/** A draft 7 JSON Schema, as stored in a stream or a spec. */
export type JsonSchema = { readonly [key: string]: Json };

/** Name and namespace of a stream; together they are its identity. A missing namespace, null and "" are equal. */
export interface StreamDescriptor {
  readonly name: string;
  readonly namespace?: string | null;
}

/** Why a field of a record was changed on its way. */
export type MetaChangeReason =
  | `${'SOURCE' | 'DESTINATION' | 'PLATFORM'}_${'RECORD_SIZE_LIMITATION' | 'FIELD_SIZE_LIMITATION' | 'SERIALIZATION_ERROR'}`
  | 'SOURCE_RETRIEVAL_ERROR'
  | 'DESTINATION_TYPECAST_ERROR';

/** One changed field of a record. */
export interface MetaChange {
  readonly field: string;
  readonly change: 'NULLED' | 'TRUNCATED';
  readonly reason: MetaChangeReason;
}

/** One row. `emitted_at` is milliseconds since the epoch. */
export interface RecordMessage {
  readonly stream: string;
  readonly namespace?: string | null;
  readonly data: JsonObject;
  readonly emitted_at: number;
  readonly meta?: { readonly changes?: readonly MetaChange[] };
}

/** Record counts that accompany a state; decimals on the wire (`3.0`). */
export interface StateStats {
  readonly recordCount?: number;
  readonly rejectedRecordCount?: number;
}

/** The state of one stream. A null or missing `stream_state` is a valid state (it clears). */
export interface StreamState {
  readonly stream_descriptor: StreamDescriptor;
  readonly stream_state?: Json;
}

/** A checkpoint. A missing `type` means LEGACY, which the platform rejects since 2025-09. */
export interface StateMessage {
  readonly type?: 'STREAM' | 'GLOBAL' | 'LEGACY';
  readonly stream?: StreamState;
  readonly global?: { readonly shared_state?: Json; readonly stream_states?: readonly StreamState[] };
  readonly data?: Json;
  readonly sourceStats?: StateStats;
  readonly destinationStats?: StateStats;
}

/** Severity of a LOG message. */
export type LogLevel = 'FATAL' | 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'TRACE';

/** A line for a person. */
export interface LogMessage {
  readonly level: LogLevel;
  readonly message: string;
  readonly stack_trace?: string;
}

/** What the platform does about an error: ask the user, try again, or neither. */
export type FailureType = 'config_error' | 'transient_error' | 'system_error';

/** An error of the connector. `message` is shown to the user. */
export interface ErrorTrace {
  readonly message: string;
  readonly internal_message?: string;
  readonly stack_trace?: string;
  readonly failure_type?: FailureType;
  readonly stream_descriptor?: StreamDescriptor;
}

/** Life of a stream inside one read. */
export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

/** Why a stream is RUNNING without records; `quota_reset` is milliseconds since the epoch. */
export interface StreamStatusReason {
  readonly type: 'RATE_LIMITED';
  readonly rate_limited?: { readonly quota_reset?: number };
}

/** A status trace of one stream. */
export interface StreamStatusTrace {
  readonly stream_descriptor: StreamDescriptor;
  readonly status: StreamStatus;
  readonly reasons?: readonly StreamStatusReason[];
}

/** How much a stream or a whole sync will probably yield. */
export interface EstimateTrace {
  readonly name?: string;
  readonly namespace?: string | null;
  readonly type: 'STREAM' | 'SYNC';
  readonly row_estimate?: number;
  readonly byte_estimate?: number;
}

/** A trace message; `emitted_at` is milliseconds since the epoch. */
export interface TraceMessage {
  readonly type: 'ERROR' | 'STREAM_STATUS' | 'ESTIMATE' | 'ANALYTICS';
  readonly emitted_at: number;
  readonly error?: ErrorTrace;
  readonly stream_status?: StreamStatusTrace;
  readonly estimate?: EstimateTrace;
  readonly analytics?: { readonly type: string; readonly value?: string };
}

/** A changed config that the platform stores at once. */
export interface ControlMessage {
  readonly type: 'CONNECTOR_CONFIG';
  readonly emitted_at: number;
  readonly connectorConfig?: { readonly config: JsonObject };
}

/** How a source can be read. */
export type SyncMode = 'full_refresh' | 'incremental';

/** How rows land in the destination. Sources never see `update` and `soft_delete`. */
export type DestinationSyncMode = 'append' | 'overwrite' | 'append_dedup' | 'update' | 'soft_delete';

/** A path into a record: the top-level property first. */
export type FieldPath = readonly string[];

/** What a source can read: one table, endpoint or topic. */
export interface AirbyteStream {
  readonly name: string;
  readonly namespace?: string | null;
  readonly json_schema: JsonSchema;
  readonly supported_sync_modes: readonly SyncMode[];
  readonly source_defined_cursor?: boolean;
  readonly default_cursor_field?: FieldPath;
  readonly source_defined_primary_key?: readonly FieldPath[];
  readonly is_resumable?: boolean;
}

/** Answer of `discover`. */
export interface AirbyteCatalog {
  readonly streams: readonly AirbyteStream[];
}

/**
 * One stream as the user wants it. Null, missing and `[]` are equal for cursor and key.
 *
 * Generation ids are set by platforms with refreshes and by our runner (the strict rule); both absent is the plain rule.
 */
export interface ConfiguredStream {
  readonly stream: AirbyteStream;
  readonly sync_mode: SyncMode;
  readonly destination_sync_mode: DestinationSyncMode;
  readonly cursor_field?: FieldPath | null;
  readonly primary_key?: readonly FieldPath[] | null;
  readonly generation_id?: number | null;
  readonly minimum_generation_id?: number | null;
  readonly sync_id?: number | null;
}

/** The catalog that `read` and `write` get. */
export interface ConfiguredCatalog {
  readonly streams: readonly ConfiguredStream[];
}

/** Answer of `spec`. */
export interface ConnectorSpecification {
  readonly protocol_version?: string;
  readonly documentationUrl?: string;
  readonly changelogUrl?: string;
  readonly connectionSpecification: JsonSchema;
  readonly supportsIncremental?: boolean;
  readonly supported_destination_sync_modes?: readonly DestinationSyncMode[];
}

/** Answer of `check`. */
export interface ConnectionStatus {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly message?: string;
}

/** One line of a connector's output or a destination's input. */
export type AirbyteMessage =
  | { readonly type: 'RECORD'; readonly record: RecordMessage }
  | { readonly type: 'STATE'; readonly state: StateMessage }
  | { readonly type: 'LOG'; readonly log: LogMessage }
  | { readonly type: 'TRACE'; readonly trace: TraceMessage }
  | { readonly type: 'CONTROL'; readonly control: ControlMessage }
  | { readonly type: 'SPEC'; readonly spec: ConnectorSpecification }
  | { readonly type: 'CONNECTION_STATUS'; readonly connectionStatus: ConnectionStatus }
  | { readonly type: 'CATALOG'; readonly catalog: AirbyteCatalog };
