import { type ConfiguredStream, generationOf, isMarkerState, type JsonObject, streamLabel } from '@cuttle/protocol';
import type { Logger } from '../io/logger.js';

/** Something in a stored state that a stream cannot continue from. */
export interface StateProblem {
  /** A clause about the state: `it has no "until"`. Never quotes values that could be secrets. */
  readonly problem: string;
  /** What happens instead, as a clause: `account 7 is read again from the start date`. Absent: all of the stream is. */
  readonly consequence?: string;
}

/** What decides how much of a stored state a read can use. */
export interface StateUse {
  readonly configured: ConfiguredStream;
  readonly config: JsonObject;
  readonly log: Logger;
  /** Problems of a state's content, without `seq` and `generation_id`. */
  readonly problemsOf: (content: JsonObject) => readonly StateProblem[];
}

/**
 * The content of a stored state that a read continues from; undefined to read everything. Whatever an incremental read
 * cannot use is warned about with its consequence. An empty state says nothing, and a full refresh starts over unless the
 * state is of the same generation, so neither gives a warning.
 */
export function usableState(stored: JsonObject | undefined, use: StateUse): JsonObject | undefined {
  if (stored === undefined) return undefined;
  const { seq: _seq, generation_id: generation, ...content } = stored;
  const isFullRefresh = use.configured.sync_mode === 'full_refresh';
  if (isFullRefresh) {
    const isSame = generation !== undefined && generation === generationOf(use.configured)?.id;
    if (!isSame || isMarkerState(stored)) return undefined;
  }
  if (Object.keys(content).length === 0) return undefined;
  const problems = findProblems(content, generation, use);
  for (const problem of problems) use.log.warn(unreadStateWarning(use, problem));
  const isLost = problems.some(({ consequence }) => consequence === undefined);
  return isLost || (generation !== undefined && !isFullRefresh) ? undefined : content;
}

/** The warning for a state, or a part of one, that a stream cannot continue from. */
export function unreadStateWarning(
  { configured, config }: Pick<StateUse, 'configured' | 'config'>,
  { problem, consequence }: StateProblem,
): string {
  const label = streamLabel(configured.stream);
  const isAppended = configured.destination_sync_mode === 'append' && configured.sync_mode === 'incremental';
  const repeats = isAppended ? ' Rows that were loaded before repeat.' : '';
  const result = consequence ?? `stream "${label}" is read again from ${beginning(config)}`;
  return `Stream "${label}": the stored state is not understood: ${problem}. So ${result}.${repeats}`;
}

/** Where a stream that is read again begins, in words. */
export function beginning({ start_date: start }: { readonly [name: string]: unknown }): string {
  return typeof start === 'string' && start !== '' ? 'the start date' : 'the beginning';
}

function findProblems(content: JsonObject, generation: unknown, use: StateUse): readonly StateProblem[] {
  if (use.configured.sync_mode === 'full_refresh') return use.problemsOf(content);
  if (isMarkerState(content)) return [{ problem: 'it only says that a full refresh is complete' }];
  if (generation !== undefined) return [{ problem: 'it belongs to a full refresh that was cut off' }];
  return use.problemsOf(content);
}
