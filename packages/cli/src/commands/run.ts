import path from 'node:path';
import {
  airbyteTargets,
  type ConnectorInstance,
  type Environment,
  type Project,
  planConnection,
  planPipeline,
  resolveConfig,
} from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import {
  imageLauncher,
  namesOf,
  PipelineJournal,
  type PipelineResult,
  type PlannedStep,
  runPipeline,
} from '@cuttle/runner';
import { pipelineExitCode } from '../exit-code.js';
import { findProject, type ProjectOptions } from '../project-lookup.js';
import { ProgressView } from '../render/progress.js';
import { renderRuns } from '../render/run-result.js';
import { interruption } from '../signals.js';
import { runRemote } from './airbyte/run-remote.js';
import { type CommandContext, writeResult } from './context.js';
import { planAction } from './plan-action.js';

/** Options of `run`. */
export interface RunCommandOptions extends ProjectOptions {
  readonly target: string;
  readonly verbose?: boolean;
  readonly parallel?: number;
  /** Starts the connectors' images instead of their paths. */
  readonly images?: boolean;
  /** Goes on with the step that failed last time. */
  readonly resume?: boolean;
}

/** What is to be run, planned before anything is. */
export interface RunPlan {
  readonly project: Project;
  readonly name: string;
  readonly target: string;
  readonly steps: readonly PlannedStep[];
}

/** Runs a pipeline or a connection. @returns the exit code */
export async function run(context: CommandContext, name: string, options: RunCommandOptions): Promise<number> {
  const project = findProject(options, context.terminal.folder, name, ({ pipelines, connections }) => [
    ...pipelines.keys(),
    ...connections.keys(),
  ]);
  if (airbyteTargets(project).includes(options.target)) return runRemote(context, project, name, options);
  const { environment } = context.terminal;
  const plan = planRun(context, project, name, environment, options);
  const { result, signal } = await runSteps(context, plan, environment, options);
  writeResult(context, renderRuns(result, context.colours), { name, target: options.target, ...result });
  if (result.skipped.length + result.actions.length > 0 && pipelineExitCode(result) !== 0) {
    context.terminal.err(
      `\`cuttle run ${name} --target ${options.target} --resume\` goes on with the step that failed.\n`,
    );
  }
  // As a shell says that a process was ended by SIGTERM.
  return signal === 'SIGTERM' && pipelineExitCode(result) !== 0 ? 143 : pipelineExitCode(result);
}

/**
 * The steps of a pipeline, or of those kinds only. Every reference is tried here, so that a missing variable of one
 * connection is found before another one writes anything.
 *
 * @throws {ConfigError} when a plan cannot be made or a reference not resolved
 */
export function planRun(
  context: CommandContext,
  project: Project,
  name: string,
  environment: Environment,
  options: Pick<RunCommandOptions, 'target' | 'verbose'>,
  kinds: readonly string[] = [],
): RunPlan {
  const { target } = options;
  const steps = planPipeline(project, name)
    .filter(({ action }) => kinds.length === 0 || kinds.includes(action?.kind ?? 'sync'))
    .map(({ connections, action }): PlannedStep => {
      if (action !== undefined)
        return planAction(context, { project, action, environment, isOfRun: kinds.length === 0, ...options });
      return { kind: 'sync', plans: connections.map((connection) => planConnection(project, connection, target)) };
    });
  const plans = steps.flatMap((step) => (step.kind === 'sync' ? step.plans : []));
  const instances = new Map<string, ConnectorInstance>(
    plans.flatMap(({ source, destination }): [string, ConnectorInstance][] => [
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
  if (problems.length === 0) return { project, name, target, steps };
  throw new ConfigError(`${problems.join('\n')}\nNothing was started.`, { code: 'REFERENCE_UNRESOLVED' });
}

/** Runs planned steps with progress on stderr and Ctrl-C handled. Pipelines keep a journal, single connections need none. */
export async function runSteps(
  context: CommandContext,
  plan: RunPlan,
  environment: Environment,
  options: Pick<RunCommandOptions, 'verbose' | 'parallel' | 'images' | 'resume'>,
): Promise<{ readonly result: PipelineResult; readonly signal: NodeJS.Signals | undefined }> {
  const { terminal } = context;
  const launcher = options.images === true ? imageLauncher(process.env) : undefined;
  const journal = plan.project.pipelines.has(plan.name) ? openJournal(plan, options.resume === true) : undefined;
  const view = new ProgressView(terminal, options.verbose === true);
  const interrupted = interruption(() =>
    terminal.err('Stopping; what arrived is kept. Press Ctrl-C again to end at once.\n'),
  );
  try {
    const result = await runPipeline(plan.steps, {
      environment,
      signal: interrupted.stop,
      killSignal: interrupted.kill,
      onEvent: (event) => view.show(event),
      ...(launcher === undefined ? {} : { launcher }),
      onAction: (name) => view.note(name),
      ...(journal === undefined ? {} : { journal }),
      ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
      ...(terminal.isInteractive ? { limits: { progressMs: 250 } } : {}),
    });
    return { result, signal: interrupted.signal() };
  } finally {
    journal?.close();
    view.end();
    interrupted.release();
  }
}

function openJournal({ project, name, target, steps }: RunPlan, isResumed: boolean): PipelineJournal {
  const identity = { pipeline: name, target, fingerprint: JSON.stringify(steps.map(namesOf)) };
  return new PipelineJournal(path.join(project.root, '.cuttle'), identity, isResumed);
}
