import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { runSourceIn } from '@cuttle/airbyte-cdk';
import type { AirbyteMessage, Json, JsonObject } from '@cuttle/protocol';
import type { Sandbox } from '@cuttle/sandbox';
import { Ga4EventsSource } from '../src/index.js';

/** What a run of a command gave. */
export interface RunResult {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly messages: readonly AirbyteMessage[];
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

/** Runs a command of the source in this process. */
export async function run(
  argv: readonly string[],
  files: Readonly<Record<string, Json>>,
  now: number,
): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ga4-'));
  const chunks: Buffer[] = [];
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const options = Object.entries(files).flatMap(([name, content]) => {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(content));
    return [`--${name}`, file];
  });
  const exit = (code: number): void => {
    throw new Error(`exit ${code}`);
  };
  try {
    const host = { argv: [...argv, ...options], stdin: Readable.from([]), stdout, stderr, clock: () => now, exit };
    const exitCode = await runSourceIn(new Ga4EventsSource(), { ...host, events: new EventEmitter() });
    const lines = Buffer.concat(chunks).toString('utf8').split('\n').slice(0, -1);
    return { exitCode, lines, messages: lines.map((line) => JSON.parse(line) as AirbyteMessage) };
  } finally {
    rmSync(folder, { recursive: true });
  }
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
  return run(['read'], files, options.now ?? sandbox.control.clock.now());
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
