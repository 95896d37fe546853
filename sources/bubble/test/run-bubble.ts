import { EventEmitter } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runSourceIn } from '@cuttle/airbyte-cdk';
import type { AirbyteCatalog, AirbyteMessage, JsonObject, StateMessage } from '@cuttle/protocol';
import type { Sandbox } from '@cuttle/sandbox';
import { BubbleSource } from '../src/index.js';

/** A config that reaches the sandbox, with short waits. */
export function configFor(sandbox: Sandbox, extra: object = {}): object {
  return {
    app_url: sandbox.bubble.appUrl,
    api_token: sandbox.bubble.token,
    allow_private_hosts: true,
    requests_per_minute: 100_000,
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
export async function run(command: string, files: Readonly<Record<string, unknown>>): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'bubble-test-'));
  const argv = [command];
  for (const [option, content] of Object.entries(files)) {
    const path = join(folder, option);
    writeFileSync(path, JSON.stringify(content));
    argv.push(`--${option}`, path);
  }
  let text = '';
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const exitCode = await runSourceIn(new BubbleSource(), { argv, stdout, events: new EventEmitter(), exit: () => {} });
  const messages = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AirbyteMessage);
  return { exitCode, text, messages };
}

/** The catalog that `discover` gives. */
export async function discover(config: object): Promise<AirbyteCatalog> {
  const { messages } = await run('discover', { config });
  const found = messages.find((message) => message.type === 'CATALOG');
  if (found?.type !== 'CATALOG') throw new Error(`no catalog: ${JSON.stringify(messages)}`);
  return found.catalog;
}

/** A configured stream of a type. */
export function configured(name: string, syncMode = 'incremental', extra: object = {}): object {
  return {
    stream: { name, json_schema: {}, supported_sync_modes: ['full_refresh', 'incremental'] },
    sync_mode: syncMode,
    destination_sync_mode: syncMode === 'incremental' ? 'append_dedup' : 'overwrite',
    primary_key: [['_id']],
    ...extra,
  };
}

/** A read with its records and states taken out. */
export interface ReadOutcome extends Outcome {
  readonly records: readonly JsonObject[];
  readonly ids: readonly string[];
  readonly states: readonly StateMessage[];
  readonly errors: readonly string[];
  readonly logs: readonly string[];
}

/** Reads streams. */
export async function read(
  config: object,
  streams: readonly object[],
  state: readonly StateMessage[] = [],
): Promise<ReadOutcome> {
  const outcome = await run('read', { config, catalog: { streams }, state });
  const records = outcome.messages.flatMap((message) => (message.type === 'RECORD' ? [message.record.data] : []));
  return {
    ...outcome,
    records,
    ids: records.map((record) => String(record['_id'])),
    states: outcome.messages.flatMap((message) => (message.type === 'STATE' ? [message.state] : [])),
    errors: outcome.messages.flatMap((message) =>
      message.type === 'TRACE' && message.trace.error !== undefined ? [message.trace.error.message] : [],
    ),
    logs: outcome.messages.flatMap((message) => (message.type === 'LOG' ? [message.log.message] : [])),
  };
}

/** The rows of a plain request to the Data API, for naive variants. */
export async function fetchThings(
  sandbox: Sandbox,
  type: string,
  params: Record<string, string>,
): Promise<JsonObject[]> {
  const url = `${sandbox.bubble.baseUrl}/obj/${type}?${new URLSearchParams(params)}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${sandbox.bubble.token}` } });
  return ((await answer.json()) as { response: { results: JsonObject[] } }).response.results;
}
