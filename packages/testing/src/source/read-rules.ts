import { type AirbyteMessage, type ConfiguredStream, streamKey } from '@cuttle/protocol';
import type { RunResult } from '../harness/run-command.js';

/** Where a stream is in a read. */
interface Progress {
  phase: 'none' | 'started' | 'running' | 'ended';
  end: string | undefined;
  recordsSinceState: number;
  records: number;
  states: number;
}

/**
 * What a read's output has against the rules that hold for every read, also a failed or killed one: order of statuses,
 * records and states, counts and types of states, only configured streams, exit code (C-01).
 */
export function readProblems(result: RunResult, streams: readonly ConfiguredStream[]): readonly string[] {
  const problems: string[] = [];
  const progress = new Map<string, Progress>();
  for (const { stream } of streams) {
    progress.set(streamKey(stream), {
      phase: 'none',
      end: undefined,
      recordsSinceState: 0,
      records: 0,
      states: 0,
    });
  }
  let errors = 0;
  for (const { message } of result.messages) {
    if (message.type === 'TRACE' && message.trace.error !== undefined) errors += 1;
    const problem = take(message, progress);
    if (problem !== undefined) problems.push(problem);
  }
  problems.push(...endProblems(result, progress, errors));
  return problems;
}

function take(message: AirbyteMessage, progress: ReadonlyMap<string, Progress>): string | undefined {
  switch (message.type) {
    case 'RECORD': {
      const { stream, namespace } = message.record;
      const own = progress.get(streamKey({ name: stream, namespace: namespace ?? null }));
      if (own === undefined) return `R-08 a record of "${stream}", which is not configured`;
      if (!(message.record.emitted_at > 0)) return 'R-08 emitted_at is missing';
      own.records += 1;
      own.recordsSinceState += 1;
      return own.phase === 'running' ? undefined : `R-05 a record of "${stream}" while it is ${own.phase}`;
    }
    case 'STATE':
      return takeState(message, progress);
    case 'TRACE':
      return takeStatus(message, progress);
    default:
      return undefined;
  }
}

function takeState(
  { state }: Extract<AirbyteMessage, { type: 'STATE' }>,
  progress: ReadonlyMap<string, Progress>,
): string | undefined {
  if (state.type !== 'STREAM' || state.stream === undefined) return `R-06 a state of type ${state.type}`;
  const { name } = state.stream.stream_descriptor;
  const own = progress.get(streamKey(state.stream.stream_descriptor));
  if (own === undefined) return `R-06 a state of "${name}", which is not configured`;
  const counted = state.sourceStats?.recordCount;
  const expected = own.recordsSinceState;
  own.states += 1;
  own.recordsSinceState = 0;
  if (own.phase !== 'running') return `R-05 a state of "${name}" while it is ${own.phase}`;
  if (state.stream.stream_state == null) return `R-06 a state of "${name}" without content`;
  return counted === expected
    ? undefined
    : `R-06 sourceStats of "${name}" say ${counted} records, there were ${expected}`;
}

const FROM: Readonly<Record<string, readonly Progress['phase'][]>> = {
  STARTED: ['none'],
  RUNNING: ['started', 'running'],
  COMPLETE: ['running'],
  INCOMPLETE: ['started', 'running'],
};

function takeStatus(
  { trace }: Extract<AirbyteMessage, { type: 'TRACE' }>,
  progress: ReadonlyMap<string, Progress>,
): string | undefined {
  const { stream_status: status } = trace;
  if (status === undefined) return undefined;
  const { name } = status.stream_descriptor;
  const own = progress.get(streamKey(status.stream_descriptor));
  if (own === undefined) return `R-05 a status of "${name}", which is not configured`;
  const before = own.phase;
  own.phase = status.status === 'STARTED' ? 'started' : status.status === 'RUNNING' ? 'running' : 'ended';
  if (own.phase === 'ended') own.end = status.status;
  return FROM[status.status]?.includes(before) ? undefined : `R-05 ${status.status} of "${name}" while it is ${before}`;
}

function endProblems(result: RunResult, progress: ReadonlyMap<string, Progress>, errors: number): string[] {
  const problems: string[] = [];
  const ends = [...progress].map(([key, own]) => ({ key, ...own }));
  for (const { key, end, states, recordsSinceState } of ends) {
    if (end !== 'COMPLETE') continue;
    if (states === 0) problems.push(`R-06 stream ${key} is COMPLETE without a state`);
    if (recordsSinceState > 0)
      problems.push(`R-06 stream ${key} has ${recordsSinceState} records behind its last state`);
  }
  const isWhole = ends.every(({ end }) => end === 'COMPLETE');
  if (result.exitCode === 0 && !isWhole) problems.push('C-01 exit 0 although a stream is not COMPLETE');
  if (result.exitCode === 0 && errors > 0) problems.push('C-01 exit 0 behind an ERROR trace');
  if (result.exitCode !== 0 && result.exitCode !== null && errors === 0 && result.rest === '') {
    problems.push(`C-01 exit ${result.exitCode} without an ERROR trace`);
  }
  return problems;
}
