import type { ConfiguredStream, Json } from '@cuttle/protocol';
import { messagesOf, type RunResult } from '../harness/run-command.js';
import { complete, range, record, type StreamOptions, state, streamOf } from './fixture.js';
import type { DestinationProfile } from './profile.js';
import type { Suite } from './suite.js';

/** Rows behind each state of {@link batches}. */
export const BATCH = 2;

/** Content of the last state of a full refresh. */
export const MARKER = { __ab_full_refresh_sync_complete: true };

/** Ids of clients that do not number their syncs: the platform without refreshes, and PyAirbyte. */
export const UNNUMBERED: Readonly<Record<string, StreamOptions>> = {
  'no ids': {},
  '1/1/1': { generation: 1, minimum: 1, syncId: 1 },
  '1/0/1': { generation: 1, minimum: 0, syncId: 1 },
  '0/0/0': { generation: 0, minimum: 0, syncId: 0 },
};

/** A stream of users. */
export function usersOf(options: StreamOptions, name = 'users'): ConfiguredStream {
  return streamOf(name, { id: 'integer', name: 'string' }, options);
}

/** Names of rows from one id on, sorted. */
export function nameList(count: number, from = 0): readonly string[] {
  return range(count)
    .map((n) => `n${from + n}`)
    .sort();
}

/** Records of rows from one id on. */
export function rows(stream: ConfiguredStream, from: number, count: number): readonly string[] {
  return range(count).map((n) => record(stream, { id: from + n, name: `n${from + n}` }));
}

/** Batches, each with its state, from one place on. */
export function batches(stream: ConfiguredStream, to: number, from = 0): readonly string[] {
  return range(to - from).flatMap((n) => {
    const content: Json = { batch: from + n };
    return [...rows(stream, (from + n) * BATCH, BATCH), state(stream, content)];
  });
}

/** The end as its client sends it: a status where there are ids. */
export function whole(stream: ConfiguredStream, lines: readonly string[]): readonly string[] {
  return stream.generation_id == null ? lines : [...lines, complete(stream)];
}

function logsOf(result: RunResult, level: string): readonly string[] {
  return messagesOf(result, 'LOG').flatMap(({ log }) => (log.level === level ? [log.message] : []));
}

/** Warnings of a run. */
export function warnings(result: RunResult): readonly string[] {
  return logsOf(result, 'WARN');
}

/** What a run says of replays. */
export function replayNotes(result: RunResult): readonly string[] {
  return logsOf(result, 'INFO').filter((message) => message.includes('replay'));
}

/** Targets whose sync the control table says to be over. */
export async function endedTargets(suite: Suite, profile: DestinationProfile): Promise<readonly unknown[]> {
  const { warehouse } = suite;
  const control = await profile.rows(warehouse.config, profile.schema, profile.nameOf('_cuttle_control'));
  return (control ?? []).filter(({ kind }) => kind === 'ended').map(({ target }) => target);
}
