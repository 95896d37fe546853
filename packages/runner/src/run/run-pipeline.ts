import type { ConnectionPlan } from '@cuttle/project';
import { isKnownError, mapInSlots } from '@cuttle/protocol';
import type { Launcher } from '../process/launcher.js';
import type { PipelineJournal } from '../state/pipeline-journal.js';
import type { RunEvent, RunResult } from './events.js';
import { type RunOptions, runConnection } from './run-connection.js';

/** How an action ended. */
export interface ActionEnd {
  readonly outcome: 'succeeded' | 'failed' | 'cancelled';
  /** One line for a person. */
  readonly summary: string;
  /** Texts for a person: what failed, where, and what to do. */
  readonly errors: readonly string[];
  /** More for machines; has to be plain JSON. */
  readonly detail?: unknown;
}

/** The result of an action of a pipeline. */
export interface ActionResult extends ActionEnd {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly elapsedMs: number;
}

/** What an action is stopped by and starts connectors with. */
export interface ActionControl {
  /** Stops it and keeps what is done. */
  readonly signal?: AbortSignal;
  /** Ends its processes at once. */
  readonly killSignal?: AbortSignal;
  /** Starts connectors, where it is not to be by processes. */
  readonly launcher?: Launcher;
}

/** A step of a pipeline, ready to run: connections that run at the same time, or something else to do. */
export type PlannedStep =
  | { readonly kind: 'sync'; readonly plans: readonly ConnectionPlan[] }
  | {
      readonly kind: 'action';
      readonly name: string;
      run(control: ActionControl): Promise<ActionEnd>;
    };

/** How a pipeline is run. */
export interface PipelineOptions extends RunOptions {
  /** Connections that run at the same time; default 4. */
  readonly parallel?: number;
  /** Remembers what is done; steps that it says are done are not run again. */
  readonly journal?: PipelineJournal;
  readonly onAction?: (name: string) => void;
}

/** The result of a pipeline. */
export interface PipelineResult {
  /** In the order of the document, those that ran. */
  readonly runs: readonly RunResult[];
  readonly actions: readonly ActionResult[];
  /** Connections and actions of steps that an earlier run had done. */
  readonly reused: readonly string[];
  /** Connections and actions of steps that were not begun, because a step before them failed. */
  readonly skipped: readonly string[];
}

const DEFAULT_PARALLEL = 4;

/**
 * Runs the steps in order, the connections of a step at the same time. When one does not succeed, the others of its step
 * go on and the steps behind it are left out.
 *
 * @param steps plans made before anything runs
 */
export async function runPipeline(steps: readonly PlannedStep[], options: PipelineOptions): Promise<PipelineResult> {
  const runs: RunResult[] = [];
  const actions: ActionResult[] = [];
  const { journal } = options;
  const done = Math.min(journal?.doneSteps ?? 0, steps.length);
  const result = (skipped: readonly PlannedStep[]): PipelineResult => {
    const reused = steps.slice(0, done).flatMap(namesOf);
    return { runs, actions, reused, skipped: skipped.flatMap(namesOf) };
  };
  for (const [index, step] of steps.entries()) {
    if (index < done) continue;
    journal?.begin(namesOf(step));
    const isGood = step.kind === 'sync' ? await runSyncs(step.plans, options, runs) : await act(step, options, actions);
    if (!isGood) return result(steps.slice(index + 1));
    journal?.finish(index + 1, index + 1 === steps.length);
  }
  return result([]);
}

/** The names a person sees for a step. */
export function namesOf(step: PlannedStep): readonly string[] {
  return step.kind === 'sync' ? step.plans.map((plan) => plan.name) : [step.name];
}

async function runSyncs(
  plans: readonly ConnectionPlan[],
  options: PipelineOptions,
  runs: RunResult[],
): Promise<boolean> {
  const { journal } = options;
  const onEvent = (event: RunEvent): void => {
    journal?.note(event);
    options.onEvent?.(event);
  };
  const results = await mapInSlots(plans, options.parallel ?? DEFAULT_PARALLEL, async (plan) => {
    const result = await runConnection(plan, { ...options, onEvent });
    journal?.note({ type: 'result', result });
    return result;
  });
  runs.push(...results);
  return results.every((result) => result.outcome === 'succeeded');
}

async function act(
  step: PlannedStep & { readonly kind: 'action' },
  options: PipelineOptions,
  actions: ActionResult[],
): Promise<boolean> {
  const startedAt = new Date((options.wallClock ?? Date.now)()).toISOString();
  const startedMs = performance.now();
  options.onAction?.(step.name);
  const end = await step.run(controlOf(options)).catch(failed);
  const action = { name: step.name, startedAt, elapsedMs: performance.now() - startedMs, ...end };
  options.journal?.note({ type: 'action', action });
  actions.push(action);
  return action.outcome === 'succeeded';
}

function controlOf({ signal, killSignal, launcher }: PipelineOptions): ActionControl {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(killSignal === undefined ? {} : { killSignal }),
    ...(launcher === undefined ? {} : { launcher }),
  };
}

/** An error that is no defect of ours ends the action, and is shown like any other. */
function failed(error: unknown): ActionEnd {
  if (!isKnownError(error)) throw error;
  return { outcome: 'failed', summary: error.code, errors: [error.message] };
}
