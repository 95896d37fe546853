import {
  airbyteTargets,
  type ConnectionPlan,
  type ConnectorInstance,
  type Environment,
  type Project,
  planConnection,
  planPipeline,
  resolveConfig,
} from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { imageLauncher, type PipelineResult, runPipeline } from '@cuttle/runner';
import { pipelineExitCode } from '../exit-code.js';
import { findProject, type ProjectOptions } from '../project-lookup.js';
import { ProgressView } from '../render/progress.js';
import { renderRuns } from '../render/run-result.js';
import { interruption } from '../signals.js';
import { runRemote } from './airbyte/run-remote.js';
import { type CommandContext, writeResult } from './context.js';

/** Options of `run`. */
export interface RunCommandOptions extends ProjectOptions {
  readonly target: string;
  readonly verbose?: boolean;
  readonly parallel?: number;
  /** Starts the connectors' images instead of their paths. */
  readonly images?: boolean;
}

/** Runs a pipeline or a connection. @returns the exit code */
export async function run(context: CommandContext, name: string, options: RunCommandOptions): Promise<number> {
  const project = findProject(options, context.terminal.folder, name, ({ pipelines, connections }) => [
    ...pipelines.keys(),
    ...connections.keys(),
  ]);
  if (airbyteTargets(project).includes(options.target)) return runRemote(context, project, name, options);
  const { environment } = context.terminal;
  const steps = planSteps(project, name, options.target, environment);
  const { result, signal } = await runSteps(context, steps, environment, options);
  writeResult(context, renderRuns(result, context.colours), { name, target: options.target, ...result });
  // As a shell says that a process was ended by SIGTERM.
  return signal === 'SIGTERM' && pipelineExitCode(result) !== 0 ? 143 : pipelineExitCode(result);
}

/**
 * The plans of all connections of a pipeline. Every reference is tried here, so that a missing variable of one connection
 * is found before another one writes anything.
 *
 * @throws {ConfigError} when a plan cannot be made or a reference not resolved
 */
export function planSteps(
  project: Project,
  name: string,
  target: string,
  environment: Environment,
): readonly (readonly ConnectionPlan[])[] {
  const steps = planPipeline(project, name).map((step) =>
    step.connections.map((connection) => planConnection(project, connection, target)),
  );
  const instances = new Map<string, ConnectorInstance>(
    steps.flat().flatMap(({ source, destination }): [string, ConnectorInstance][] => [
      [`source ${source.name}`, source],
      [`destination ${destination.name}`, destination],
    ]),
  );
  const problems = [...instances.values()].flatMap((instance) => {
    try {
      resolveConfig(instance, environment);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return [error.message];
    }
  });
  if (problems.length === 0) return steps;
  throw new ConfigError(`${problems.join('\n')}\nNothing was started.`, { code: 'REFERENCE_UNRESOLVED' });
}

/** Runs planned steps with progress on stderr and Ctrl-C handled. */
export async function runSteps(
  context: CommandContext,
  steps: readonly (readonly ConnectionPlan[])[],
  environment: Environment,
  options: Pick<RunCommandOptions, 'verbose' | 'parallel' | 'images'>,
): Promise<{ readonly result: PipelineResult; readonly signal: NodeJS.Signals | undefined }> {
  const { terminal } = context;
  const launcher = options.images === true ? imageLauncher(process.env) : undefined;
  const view = new ProgressView(terminal, options.verbose === true);
  const interrupted = interruption(() =>
    terminal.err('Stopping; what arrived is kept. Press Ctrl-C again to end at once.\n'),
  );
  try {
    const result = await runPipeline(steps, {
      environment,
      signal: interrupted.stop,
      killSignal: interrupted.kill,
      onEvent: (event) => view.show(event),
      ...(launcher === undefined ? {} : { launcher }),
      ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
      ...(terminal.isInteractive ? { limits: { progressMs: 250 } } : {}),
    });
    return { result, signal: interrupted.signal() };
  } finally {
    view.end();
    interrupted.release();
  }
}
