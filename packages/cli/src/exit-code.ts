import type { Outcome, PipelineResult } from '@cuttle/runner';

/** Exit codes of `cuttle`. */
export const EXIT = {
  ok: 0,
  error: 1,
  changes: 2,
  partial: 3,
  invalid: 4,
  unauthorized: 5,
  blocked: 6,
  locked: 7,
  cancelled: 130,
} as const;

/** The exit code of one run. */
export function exitCodeOf(outcome: Outcome): number {
  switch (outcome) {
    case 'succeeded':
      return EXIT.ok;
    case 'partial':
      return EXIT.partial;
    case 'failed':
      return EXIT.error;
    case 'cancelled':
      return EXIT.cancelled;
    case 'invalid':
      return EXIT.invalid;
    case 'unauthorized':
      return EXIT.unauthorized;
    case 'locked':
      return EXIT.locked;
    default: {
      const missing: never = outcome;
      return missing;
    }
  }
}

/**
 * The exit code of a pipeline: `error` when an action failed, such as a dbt test; else of its runs when they agree,
 * `partial` when some succeeded, `error` otherwise.
 */
export function pipelineExitCode(result: PipelineResult): number {
  const outcomes = new Set(result.runs.map((run) => run.outcome));
  const actions = new Set(result.actions.map((action) => action.outcome));
  if (outcomes.has('cancelled') || actions.has('cancelled')) return EXIT.cancelled;
  if (actions.has('failed')) return EXIT.error;
  if (outcomes.size === 1 && result.skipped.length === 0) return exitCodeOf([...outcomes][0]!);
  if (outcomes.size === 0) return EXIT.ok;
  if (outcomes.has('succeeded') || outcomes.has('partial')) return EXIT.partial;
  return outcomes.size === 1 ? exitCodeOf([...outcomes][0]!) : EXIT.error;
}
