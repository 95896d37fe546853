import type { ConnectionPlan } from '@cuttle/project';
import type { RunResult } from './events.js';
import { type RunOptions, runConnection } from './run-connection.js';

/** How a pipeline is run. */
export interface PipelineOptions extends RunOptions {
  /** Connections that run at the same time; default 4. */
  readonly parallel?: number;
}

/** The result of a pipeline. */
export interface PipelineResult {
  /** In the order of the document, those that ran. */
  readonly runs: readonly RunResult[];
  /** Connections of steps that were not begun, because a step before them failed. */
  readonly skipped: readonly string[];
}

const DEFAULT_PARALLEL = 4;

/**
 * Runs the steps in order, the connections of a step at the same time. When one does not succeed, the others of its step
 * go on and the steps behind it are left out.
 *
 * @param steps plans made before anything runs
 */
export async function runPipeline(
  steps: readonly (readonly ConnectionPlan[])[],
  options: PipelineOptions,
): Promise<PipelineResult> {
  const runs: RunResult[] = [];
  for (const [index, step] of steps.entries()) {
    const results = await runStep(step, options);
    runs.push(...results);
    if (results.every((result) => result.outcome === 'succeeded')) continue;
    return { runs, skipped: steps.slice(index + 1).flatMap((later) => later.map((plan) => plan.name)) };
  }
  return { runs, skipped: [] };
}

async function runStep(step: readonly ConnectionPlan[], options: PipelineOptions): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  const waiting = [...step.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, plan] = next;
      results[index] = await runConnection(plan, options);
    }
  };
  const lanes = Math.min(options.parallel ?? DEFAULT_PARALLEL, step.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
