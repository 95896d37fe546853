import { runSourceIn } from '@cuttle/airbyte-cdk';
import type { AirbyteCatalog, JsonObject, StateMessage } from '@cuttle/protocol';
import type { Sandbox } from '@cuttle/sandbox';
import {
  type CommandOutcome,
  catalogIn,
  configuredStream,
  type ReadOutcome,
  readParts,
  runWithFiles,
} from '@cuttle/testing';
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

/** Runs a command of the source in this process. */
export function run(command: string, files: Readonly<Record<string, unknown>>): Promise<CommandOutcome> {
  return runWithFiles((host) => runSourceIn(new BubbleSource(), host), command, files);
}

/** The catalog that `discover` gives. */
export async function discover(config: object): Promise<AirbyteCatalog> {
  return catalogIn(await run('discover', { config }));
}

/** A configured stream of a type. */
export function configured(name: string, syncMode = 'incremental', extra: object = {}): object {
  return configuredStream(name, syncMode, { primary_key: [['_id']], ...extra });
}

/** A read with its parts taken out. */
export interface ReadWithIds extends ReadOutcome {
  readonly ids: readonly string[];
}

/** Reads streams. */
export async function read(
  config: object,
  streams: readonly object[],
  state: readonly StateMessage[] = [],
): Promise<ReadWithIds> {
  const parts = readParts(await run('read', { config, catalog: { streams }, state }));
  return { ...parts, ids: parts.records.map((record) => String(record['_id'])) };
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
