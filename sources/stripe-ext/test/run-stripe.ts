import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Host, runSourceIn } from '@cuttle/airbyte-cdk';
import type { AirbyteCatalog, AirbyteMessage, JsonObject, StateMessage } from '@cuttle/protocol';
import type { LoggedRequest, Sandbox } from '@cuttle/sandbox';
import { StripeSource } from '../src/index.js';

/** A config that reaches the sandbox, with short waits. */
export function configFor(sandbox: Sandbox, extra: object = {}): object {
  return {
    base_url: sandbox.stripe.baseUrl,
    account_id: sandbox.stripe.accountId,
    api_key: sandbox.stripe.key,
    start_date: '2024-01-01T00:00:00Z',
    allow_private_hosts: true,
    requests_per_second: 10_000,
    endpoint_requests_per_second: 10_000,
    http_backoff_ms: 1,
    http_max_wait_seconds: 2,
    ...extra,
  };
}

/** What one command gave. */
export interface Outcome {
  readonly exitCode: number;
  readonly text: string;
  readonly messages: readonly AirbyteMessage[];
}

/** Runs a command of the source in this process. */
export async function run(
  command: string,
  files: Readonly<Record<string, unknown>>,
  host: Partial<Host> = {},
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-test-'));
  const argv = [command];
  for (const [option, content] of Object.entries(files)) {
    const path = join(folder, option);
    writeFileSync(path, JSON.stringify(content));
    argv.push(`--${option}`, path);
  }
  const chunks: string[] = [];
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  try {
    const own = { argv, stdout, events: new EventEmitter(), exit: () => {} };
    const exitCode = await runSourceIn(new StripeSource(), { ...own, ...host });
    const text = chunks.join('');
    const lines = text.split('\n').filter(Boolean);
    return { exitCode, text, messages: lines.map((line) => JSON.parse(line) as AirbyteMessage) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The answer of `check`. */
export async function check(config: object): Promise<{ readonly status: string; readonly message?: string }> {
  const { messages } = await run('check', { config });
  const found = messages.find((message) => message.type === 'CONNECTION_STATUS');
  if (found?.type !== 'CONNECTION_STATUS') throw new Error(`no status: ${JSON.stringify(messages)}`);
  return found.connectionStatus;
}

/** The catalog that `discover` gives. */
export async function discover(config: object): Promise<AirbyteCatalog> {
  const { messages } = await run('discover', { config });
  const found = messages.find((message) => message.type === 'CATALOG');
  if (found?.type !== 'CATALOG') throw new Error(`no catalog: ${JSON.stringify(messages)}`);
  return found.catalog;
}

/** A configured stream. */
export function configured(name: string, syncMode = 'incremental'): object {
  return {
    stream: { name, json_schema: {}, supported_sync_modes: ['full_refresh', 'incremental'] },
    sync_mode: syncMode,
    destination_sync_mode: syncMode === 'incremental' ? 'append_dedup' : 'overwrite',
    primary_key: [['id']],
  };
}

/** A read with its records and states taken out. */
export interface ReadOutcome extends Outcome {
  /** Records of all streams in their order. */
  readonly records: readonly JsonObject[];
  readonly ids: readonly string[];
  /** Records by stream. */
  of(stream: string): readonly JsonObject[];
  readonly states: readonly StateMessage[];
  /** The last state of each stream, for the next read. */
  readonly lastStates: readonly StateMessage[];
  readonly errors: readonly string[];
  readonly logs: readonly string[];
}

/** Reads streams, given by name or configured. */
export async function read(
  config: object,
  streams: readonly (string | object)[],
  state: readonly StateMessage[] = [],
  host: Partial<Host> = {},
): Promise<ReadOutcome> {
  const catalog = { streams: streams.map((stream) => (typeof stream === 'string' ? configured(stream) : stream)) };
  const outcome = await run('read', { config, catalog, state }, host);
  const { messages } = outcome;
  const lines = messages.flatMap((message) => (message.type === 'RECORD' ? [message.record] : []));
  const states = messages.flatMap((message) => (message.type === 'STATE' ? [message.state] : []));
  const records = lines.map(({ data }) => data);
  return {
    ...outcome,
    records,
    ids: records.map((record) => String(record['id'])),
    of: (stream) => lines.filter((line) => line.stream === stream).map(({ data }) => data),
    states,
    lastStates: [...new Map(states.map((entry) => [entry.stream?.stream_descriptor.name, entry])).values()],
    errors: messages.flatMap((message) =>
      message.type === 'TRACE' && message.trace.error !== undefined ? [message.trace.error.message] : [],
    ),
    logs: messages.flatMap((message) => (message.type === 'LOG' ? [message.log.message] : [])),
  };
}

/** Content of a stream's state. */
export function contentOf(states: readonly StateMessage[], stream: string): JsonObject {
  const found = states.findLast((state) => state.stream?.stream_descriptor.name === stream);
  return (found?.stream?.stream_state ?? {}) as JsonObject;
}

/** A state for a stream. */
export function stateOf(stream: string, content: object): StateMessage[] {
  return [{ type: 'STREAM', stream: { stream_descriptor: { name: stream }, stream_state: content as JsonObject } }];
}

/** Rows as an append_dedup table keeps them: the one with the highest cursor of each key, of equals the last. */
export function dedup(rows: readonly JsonObject[], cursor = 'updated'): ReadonlyMap<string, JsonObject> {
  const kept = new Map<string, JsonObject>();
  for (const row of rows) {
    const key = `${String(row['account_id'] ?? '')} ${String(row['id'])}`;
    const before = kept.get(key);
    if (before === undefined || Number(row[cursor]) >= Number(before[cursor])) kept.set(key, row);
  }
  return kept;
}

/** Requests to Stripe whose path and query contain a text. */
export function requests(sandbox: Sandbox, path: string, query?: string): readonly LoggedRequest[] {
  const match = { system: 'stripe', path, ...(query === undefined ? {} : { query }) };
  return sandbox.control.run('requests.list', match) as readonly LoggedRequest[];
}

/** The answer of a plain request, for naive variants. */
export async function fetchStripe(sandbox: Sandbox, path: string): Promise<JsonObject> {
  const headers = { authorization: `Bearer ${sandbox.stripe.key}`, 'stripe-version': '2026-10-28.endive' };
  const answer = await fetch(`${sandbox.stripe.baseUrl}/v1/${path}`, { headers });
  return (await answer.json()) as JsonObject;
}
