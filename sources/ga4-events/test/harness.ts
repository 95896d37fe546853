import { runSourceIn } from '@cuttle/airbyte-cdk';
import type { Json, JsonObject } from '@cuttle/protocol';
import type { Sandbox } from '@cuttle/sandbox';
import { type CommandOutcome, runWithFiles } from '@cuttle/testing';
import { Ga4EventsSource } from '../src/index.js';

/** What a run of a command gave. */
export interface RunResult extends CommandOutcome {
  readonly lines: readonly string[];
}

/** How a read is configured besides the config. */
export interface ReadOptions {
  readonly config?: JsonObject;
  readonly state?: Json;
  readonly syncMode?: 'full_refresh' | 'incremental';
  readonly destinationMode?: 'append' | 'overwrite' | 'append_dedup';
  readonly generationId?: number;
  /** The source's clock; default the sandbox's. */
  readonly now?: number;
  readonly schema?: JsonObject;
}

/** Config that reaches the Novel export of a sandbox. */
export function configFor(sandbox: Sandbox, more: JsonObject = {}): JsonObject {
  const { project, dataset, baseUrl, serviceAccount } = sandbox.bigquery;
  return {
    project_id: project,
    dataset,
    base_url: baseUrl,
    allow_private_hosts: true,
    credentials_json: JSON.stringify(serviceAccount),
    http_backoff_ms: 1,
    ...more,
  };
}

/** Runs a command of the source in this process, at a time. */
export async function run(command: string, files: Readonly<Record<string, Json>>, now: number): Promise<RunResult> {
  const clock = () => now;
  const result = await runWithFiles((host) => runSourceIn(new Ga4EventsSource(), { ...host, clock }), command, files);
  return { ...result, lines: result.text.split('\n').slice(0, -1) };
}

/** Reads the stream from a sandbox. */
export function read(sandbox: Sandbox, options: ReadOptions = {}): Promise<RunResult> {
  const stream = {
    name: 'events',
    json_schema: options.schema ?? { type: 'object' },
    supported_sync_modes: ['full_refresh', 'incremental'],
  };
  const configured = {
    stream,
    sync_mode: options.syncMode ?? 'incremental',
    destination_sync_mode: options.destinationMode ?? 'append_dedup',
    primary_key: [['_event_id']],
    cursor_field: ['event_timestamp'],
    ...(options.generationId === undefined
      ? {}
      : { generation_id: options.generationId, minimum_generation_id: options.generationId }),
  };
  const files: Record<string, Json> = {
    config: configFor(sandbox, options.config),
    catalog: { streams: [configured] },
    ...(options.state === undefined ? {} : { state: options.state }),
  };
  return run('read', files, options.now ?? sandbox.control.clock.now());
}

/** The data of all records. */
export function records(result: RunResult): JsonObject[] {
  return result.messages.flatMap((message) => (message.type === 'RECORD' ? [message.record.data] : []));
}

/** The content of all states, oldest first. */
export function states(result: RunResult): JsonObject[] {
  return result.messages.flatMap((message) =>
    message.type === 'STATE' ? [message.state.stream?.stream_state as JsonObject] : [],
  );
}

/** A state file that holds one stream state. */
export function stateFile(state: JsonObject | undefined): Json {
  return [{ type: 'STREAM', stream: { stream_descriptor: { name: 'events' }, stream_state: state ?? null } }];
}

/** The last state as a state file. */
export function lastState(result: RunResult): Json {
  return stateFile(states(result).at(-1));
}

/** Messages of all ERROR traces. */
export function errors(result: RunResult): { message: string; failure_type?: string }[] {
  return result.messages.flatMap((message) =>
    message.type === 'TRACE' && message.trace.error !== undefined ? [{ ...message.trace.error }] : [],
  );
}

/** Rows after an append_dedup load: the last record of each `_event_id`. */
export function dedup(...results: readonly RunResult[]): Map<string, JsonObject> {
  const rows = new Map<string, JsonObject>();
  for (const record of results.flatMap(records)) rows.set(String(record['_event_id']), record);
  return rows;
}

/** The export's columns of a record. */
export function exported(record: JsonObject): JsonObject {
  const { _event_id, _table_date, _is_intraday, ...rest } = record;
  return rest;
}
