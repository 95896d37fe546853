import fs from 'node:fs';
import path from 'node:path';
import { loadProject, type Project } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { StateStore } from '@cuttle/runner';
import { EXIT, pipelineExitCode } from '../exit-code.js';
import { InvalidProject } from '../project-lookup.js';
import { renderRuns } from '../render/run-result.js';
import { openSandbox, sandboxEnvironment } from '../sandbox-environment.js';
import { type CommandContext, writeResult } from './context.js';
import { planRun, runSteps } from './run.js';

const TARGET = 'demo';
const STACK = path.join('connections', 'novel');

/** Options of `demo`. */
export interface DemoOptions {
  readonly verbose?: boolean;
  readonly images?: boolean;
}

/** Runs the Novel stack against the stand-ins into `.cuttle/novel.duckdb`. @returns the exit code */
export async function demo(context: CommandContext, options: DemoOptions): Promise<number> {
  const { project, diagnostics } = loadProject(path.join(findRoot(context.terminal.folder), STACK));
  const errors = diagnostics.filter((entry) => entry.severity === 'error');
  if (errors.length > 0) throw new InvalidProject(errors);
  const database = path.join(project.root, '.cuttle', `${project.name}.duckdb`);
  if (!fs.existsSync(database)) forgetStates(project);
  context.terminal.err('Starting stand-ins of Bubble, BigQuery, Stripe and Meta ads, then the Novel stack on them.\n');
  const sandbox = await openSandbox({});
  try {
    const environment = { ...context.terminal.environment, ...sandboxEnvironment(sandbox) };
    const plan = planRun(context, project, 'novel', environment, { ...options, target: TARGET });
    const { result } = await runSteps(context, plan, environment, options);
    const code = pipelineExitCode(result);
    const shown = path.relative(context.terminal.folder, database) || database;
    writeResult(context, renderRuns(result, context.colours) + (code === EXIT.ok ? nextSteps(shown) : ''), {
      name: 'demo',
      database,
      ...result,
    });
    return code;
  } finally {
    await sandbox.close();
  }
}

/** A state without its warehouse would leave the new one incomplete. */
function forgetStates(project: Project): void {
  for (const connection of project.connections.keys()) {
    new StateStore(path.join(project.root, '.cuttle'), { project: project.name, connection, target: TARGET }).forget();
  }
}

function nextSteps(database: string): string {
  return [
    '',
    `The tables are in ${database}: schema RAW as loaded, marts as dbt made them. The dashboard is`,
    `${path.join(path.dirname(database), 'report', 'novel.html')}, open it in a browser. Next:`,
    `  npx cuttle status --target ${TARGET}     what each connection did last and where it goes on`,
    '  npx cuttle demo                     again: events that are unchanged are not read twice',
    '  npx cuttle sandbox                  serve the stand-ins for your own experiments',
    '',
  ].join('\n');
}

/** The repository with the Novel stack: from the working directory upwards, else the one this file lies in. */
function findRoot(folder: string): string {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, STACK))) return at;
    if (path.dirname(at) === at) break;
  }
  const own = path.resolve(__dirname, '..', '..', '..', '..');
  if (fs.existsSync(path.join(own, STACK))) return own;
  throw new ConfigError(`The demo needs the folder ${STACK} of the repository.`, { code: 'PROJECT_NOT_FOUND' });
}
