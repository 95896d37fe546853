import { ConfigError } from '@cuttle/protocol';
import { runPipeline } from '@cuttle/runner';
import { pipelineExitCode } from '../exit-code.js';
import { findProject } from '../project-lookup.js';
import { renderRuns } from '../render/run-result.js';
import { interruption } from '../signals.js';
import { type CommandContext, writeResult } from './context.js';
import { planRun, type RunCommandOptions } from './run.js';

/** Kinds of steps that each of these commands runs. */
const KINDS = { transform: ['transform', 'test'], report: ['report'] } as const;

/** Runs the dbt steps, or the dashboards, of a pipeline over what the warehouse holds. @returns the exit code */
export async function runPart(
  context: CommandContext,
  part: keyof typeof KINDS,
  name: string,
  options: RunCommandOptions,
): Promise<number> {
  const { terminal } = context;
  const project = findProject(options, terminal.folder, name, ({ pipelines }) => [...pipelines.keys()]);
  const { steps } = planRun(context, project, name, terminal.environment, options, KINDS[part]);
  if (steps.length === 0) {
    throw new ConfigError(`The pipeline "${name}" has no ${part} step.`, { code: 'STEP_NOT_FOUND' });
  }
  const interrupted = interruption(() => terminal.err('Stopping.\n'));
  try {
    const result = await runPipeline(steps, {
      environment: terminal.environment,
      signal: interrupted.stop,
      onAction: (action) => terminal.err(`${action}\n`),
    });
    writeResult(context, renderRuns(result, context.colours), { name, target: options.target, ...result });
    return pipelineExitCode(result);
  } finally {
    interrupted.release();
  }
}
