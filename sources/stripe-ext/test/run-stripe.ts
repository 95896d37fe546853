import { type Host, runSourceIn } from '@cuttle/airbyte-cdk';
import type { AirbyteCatalog, JsonObject, StateMessage } from '@cuttle/protocol';
import type { LoggedRequest, Sandbox } from '@cuttle/sandbox';
import {
  type CommandOutcome,
  catalogIn,
  configuredStream,
  type ReadOutcome,
  readParts,
  runWithFiles,
  statusIn,
} from '@cuttle/testing';
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

/** Runs a command of the source in this process. */
export function run(
  command: string,
  files: Readonly<Record<string, unknown>>,
  more: Partial<Host> = {},
): Promise<CommandOutcome> {
  return runWithFiles((host) => runSourceIn(new StripeSource(), { ...host, ...more }), command, files);
}

/** The answer of `check`. */
export async function check(config: object): Promise<{ readonly status: string; readonly message?: string }> {
  return statusIn(await run('check', { config }));
}

/** The catalog that `discover` gives. */
export async function discover(config: object): Promise<AirbyteCatalog> {
  return catalogIn(await run('discover', { config }));
}

/** A configured stream. */
export function configured(name: string, syncMode = 'incremental'): object {
  return configuredStream(name, syncMode, { primary_key: [['id']] });
}

/** A read with its parts taken out. */
export interface ReadWithIds extends ReadOutcome {
  readonly ids: readonly string[];
}

/** Reads streams, given by name or configured. */
export async function read(
  config: object,
  streams: readonly (string | object)[],
  state: readonly StateMessage[] = [],
  host: Partial<Host> = {},
): Promise<ReadWithIds> {
  const catalog = { streams: streams.map((stream) => (typeof stream === 'string' ? configured(stream) : stream)) };
  const parts = readParts(await run('read', { config, catalog, state }, host));
  return { ...parts, ids: parts.records.map((record) => String(record['id'])) };
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
