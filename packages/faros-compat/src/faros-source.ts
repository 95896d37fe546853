import type { AirbyteStream, ConfiguredCatalog, ConnectorSpecification, JsonObject } from '@cuttle/protocol';

/** Sync modes as faros-airbyte-cdk passes them to streams. */
export type FarosSyncMode = 'full_refresh' | 'incremental';

/** A slice as a stream gives and gets it; undefined where a stream has none. */
export type FarosSlice = Readonly<Record<string, unknown>> | undefined;

/** State of one stream, of whatever shape the stream likes. */
export type FarosState = Record<string, unknown>;

/** What is called of an `AirbyteStreamBase`, in the order of faros-airbyte-cdk 0.11.26. */
export interface FarosStream {
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly supportsIncremental: boolean;
  /** Records of a slice between two states; undefined or 0 sends one at the slice's end only. */
  readonly stateCheckpointInterval: number | undefined;
  asAirbyteStream(): object;
  streamSlices(
    mode: FarosSyncMode,
    cursor: readonly string[] | undefined,
    state: FarosState,
  ): AsyncIterable<FarosSlice>;
  readRecords(
    mode: FarosSyncMode,
    cursor: readonly string[] | undefined,
    slice: FarosSlice,
    state: FarosState,
  ): AsyncIterable<object>;
  getUpdatedState(state: FarosState, record: object, slice: FarosSlice): FarosState;
  onBeforeRead(): Promise<void>;
  onAfterRead(): Promise<void>;
}

/** What is called of every `AirbyteSource`. */
interface FarosHooks {
  spec(): Promise<{ readonly spec: object }>;
  onBeforeRun(config: object): Promise<object>;
  onBeforeRead(config: object, catalog: object, state?: object): Promise<FarosReadInput>;
  onAfterRead(config: object): Promise<void>;
}

/** What is called of an `AirbyteSourceBase`. */
export interface FarosSource extends FarosHooks {
  checkConnection(config: object): Promise<readonly [boolean, (Error | undefined)?]>;
  streams(config: object): readonly FarosStream[];
}

/** A message of a source that wrote its own `read`. */
export interface FarosMessage {
  readonly type: string;
  readonly record?: { readonly stream: string; readonly data: object };
  readonly state?: { readonly data?: unknown };
}

/** What is called of an `AirbyteSource` that wrote everything by itself. */
export interface FarosOwnSource extends FarosHooks {
  check(config: object): Promise<{ readonly connectionStatus: { readonly status: string; readonly message?: string } }>;
  discover(config: object): Promise<{ readonly catalog: object }>;
  read(config: object, redactedConfig: object, catalog: object, state: object): AsyncIterable<FarosMessage>;
}

/** Whether a source leaves the read to its base class. */
export function hasStreams(source: FarosSource | FarosOwnSource): source is FarosSource {
  return 'streams' in source && typeof source.streams === 'function';
}

/** What `onBeforeRead` may replace. */
export interface FarosReadInput {
  readonly config: object;
  readonly catalog: object;
  readonly state?: object;
}

/** Their plain objects as the types of the protocol; the kit checks their content where it matters. */
export function asSpec(spec: object): ConnectorSpecification {
  return spec as ConnectorSpecification;
}

/** A stream as `discover` shows it. Without WORKER_JOB_ID, under which nested cursor fields are cut to their first part. */
export function describe(stream: FarosStream): AirbyteStream {
  const jobId = process.env['WORKER_JOB_ID'];
  delete process.env['WORKER_JOB_ID'];
  try {
    return { ...(stream.asAirbyteStream() as AirbyteStream), is_resumable: stream.supportsIncremental };
  } finally {
    if (jobId !== undefined) process.env['WORKER_JOB_ID'] = jobId;
  }
}

/** A config as JSON, which it was read from. */
export function asJson(value: object): JsonObject {
  return value as JsonObject;
}

/** A configured catalog that a hook gave back. */
export function asCatalog(value: object): ConfiguredCatalog {
  return value as ConfiguredCatalog;
}
