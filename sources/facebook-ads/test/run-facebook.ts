import { runSourceIn, type Timer } from '@cuttle/airbyte-cdk';
import type { JsonObject, StateMessage } from '@cuttle/protocol';
import type { Sandbox } from '@cuttle/sandbox';
import { type CommandOutcome, configuredStream, type ReadOutcome, readParts, runWithFiles } from '@cuttle/testing';
import { FacebookAdsSource } from '../src/index.js';

export { configuredStream as configured } from '@cuttle/testing';

/** A config that reaches the sandbox. */
export function configFor(sandbox: Sandbox, extra: object = {}): object {
  return {
    account_ids: [sandbox.facebook.accountId],
    access_token: sandbox.facebook.token,
    start_date: '2024-08-28T00:00:00Z',
    base_url: sandbox.facebook.baseUrl,
    allow_private_hosts: true,
    ...extra,
  };
}

/** Waits pass at once and move the sandbox's clock. */
export class FakeTimer implements Timer {
  readonly waits: number[] = [];
  readonly #sandbox: Sandbox;
  #now = 0;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  readonly monotonic = (): number => this.#now;

  readonly sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    const due = this.#now + ms;
    this.waits.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    if (due <= this.#now) return;
    this.#sandbox.control.run('clock.advance', { ms: due - this.#now });
    this.#now = due;
  };
}

/** Runs a command of the source in this process, with a fake timer. */
export function run(
  sandbox: Sandbox,
  command: string,
  files: Readonly<Record<string, unknown>>,
  timer: Timer = new FakeTimer(sandbox),
): Promise<CommandOutcome> {
  return runWithFiles((host) => runSourceIn(new FacebookAdsSource(), { ...host, timer }), command, files);
}

/** Reads streams, given by name or configured. */
export async function read(
  sandbox: Sandbox,
  config: object,
  streams: readonly (object | string)[],
  options: { readonly state?: readonly StateMessage[]; readonly timer?: Timer } = {},
): Promise<ReadOutcome> {
  const catalog = { streams: streams.map((own) => (typeof own === 'string' ? configuredStream(own) : own)) };
  return readParts(await run(sandbox, 'read', { config, catalog, state: options.state ?? [] }, options.timer));
}

/** Content of the last state of a read. */
export function lastState({ states }: ReadOutcome): JsonObject {
  return states.at(-1)?.stream?.stream_state as JsonObject;
}

/** Effective statuses of ads, all of them. */
export const AD_STATUSES = [
  'ACTIVE',
  'ADSET_PAUSED',
  'ARCHIVED',
  'CAMPAIGN_PAUSED',
  'DELETED',
  'DISAPPROVED',
  'IN_PROCESS',
  'PAUSED',
  'PENDING_BILLING_INFO',
  'PENDING_REVIEW',
  'PREAPPROVED',
  'WITH_ISSUES',
];

/** What the stand-in knows of ads by day, as `key: clicks spend purchases`. */
export function truthOf(sandbox: Sandbox, params: object = {}): Readonly<Record<string, string>> {
  const rows = sandbox.control.run('facebook.rows', {
    level: 'ad',
    fields: ['account_id', 'ad_id', 'clicks', 'spend', 'actions'],
    time_increment: 1,
    filtering: [{ field: 'ad.effective_status', operator: 'IN', value: AD_STATUSES }],
    ...params,
  }) as JsonObject[];
  return digest(rows);
}

/** Rows as `key: clicks spend purchases`, the last one of each key. */
export function digest(rows: readonly JsonObject[]): Readonly<Record<string, string>> {
  const entries = rows.map((row) => {
    const actions = (row['actions'] ?? []) as unknown as { action_type: string; value: unknown }[];
    const sales = actions.find(({ action_type }) => action_type.endsWith('purchase'))?.value ?? 0;
    const key = `${row['date_start']} ${row['account_id']} ${row['ad_id']}`;
    return [key, `${Number(row['clicks'])} ${Number(row['spend'])} ${Number(sales)}`] as const;
  });
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A request to the stand-in as anybody may make it, for naive variants. */
export async function ask(
  sandbox: Sandbox,
  path: string,
  params: Record<string, string>,
  method = 'GET',
): Promise<JsonObject> {
  const query = new URLSearchParams({ ...params, access_token: sandbox.facebook.token });
  const answer = await fetch(`${sandbox.facebook.baseUrl}/v24.0${path}?${query}`, { method });
  return (await answer.json()) as JsonObject;
}
