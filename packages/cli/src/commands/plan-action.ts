import path from 'node:path';
import {
  type DbtAction,
  type Environment,
  type LocalWarehouse,
  localWarehouse,
  type PipelineAction,
  type Project,
  projectMask,
} from '@cuttle/project';
import {
  type ActionEnd,
  type DbtEnd,
  type DbtFinding,
  findDbt,
  type PlannedStep,
  runDbt,
  runProgram,
} from '@cuttle/runner';
import { type Cell, DuckdbWarehouse } from '@cuttle/warehouse';
import { plural } from '../render/quantity.js';
import { renderTable } from '../render/table.js';
import type { CommandContext } from './context.js';
import { reportStep } from './report-step.js';
import { writeBackStep } from './write-back-step.js';

/** An action and what it needs. */
export interface ActionPlan {
  readonly project: Project;
  readonly action: PipelineAction;
  readonly target: string;
  readonly environment: Environment;
  readonly verbose?: boolean;
  /** Whether it is a step of a whole run, which goes on without what the target cannot do. */
  readonly isOfRun: boolean;
}

/** Rows shown of each failed test. */
const SHOWN_ROWS = 5;

/** Lines kept of what a command prints. */
const KEPT_LINES = 20;

/**
 * An action of a pipeline, ready to run.
 *
 * @throws {ConfigError} when something that it needs is missing, before anything runs
 */
export function planAction(context: CommandContext, plan: ActionPlan): PlannedStep {
  const { project, target, environment } = plan;
  const mask = projectMask(project, target, environment);
  const showLine = (line: string): void => {
    if (plan.verbose === true) context.terminal.err(`${mask.apply(line)}\n`);
  };
  const step = planKind(plan, showLine);
  if (step.kind !== 'action') return step;
  // Programs know the secrets of their environment and may print them.
  return { ...step, run: async (control) => mask.applyDeep(await step.run(control)) };
}

function planKind(plan: ActionPlan, showLine: (line: string) => void): PlannedStep {
  const { action } = plan;
  switch (action.kind) {
    case 'transform':
    case 'test':
      return dbtStep(plan, action, showLine);
    case 'report':
      return reportStep(plan, action.dashboards);
    case 'write_back':
      return writeBackStep(plan, action);
    case 'command':
      return commandStep(plan, action.argv, showLine);
    default: {
      const missing: never = action;
      return missing;
    }
  }
}

function dbtStep(plan: ActionPlan, action: DbtAction, showLine: (line: string) => void): PlannedStep {
  const { project, environment } = plan;
  const { root } = project;
  const warehouse = localWarehouse(project, plan.target, environment);
  findDbt(root, environment);
  const name = `${action.kind} ${path.relative(root, action.project)}`;
  return {
    kind: 'action',
    name,
    run: async ({ launcher: _launcher, ...stops }) => {
      const end = await runDbt({
        action,
        root,
        warehouse,
        environment,
        ...stops,
        onLine: showLine,
      });
      return dbtEnd(end, warehouse);
    },
  };
}

async function dbtEnd(end: DbtEnd, warehouse: LocalWarehouse): Promise<ActionEnd> {
  const failed = end.findings.filter(({ status }) => status !== 'warn');
  const parts = [
    `${end.passed} passed`,
    ...(failed.length === 0 ? [] : [`${failed.length} failed`]),
    ...(end.findings.length === failed.length ? [] : [plural(end.findings.length - failed.length, 'warning')]),
    ...(end.skipped === 0 ? [] : [`${end.skipped} skipped`]),
  ];
  const errors: string[] = [];
  for (const finding of end.findings) errors.push(await describe(finding, warehouse));
  if (end.output.length > 0) errors.push(end.output.join('\n'));
  return { outcome: end.outcome, summary: parts.join(', '), errors, detail: { findings: end.findings } };
}

/** What a model or test says, with the first rows that a test found where they are at hand. */
async function describe(finding: DbtFinding, from: LocalWarehouse): Promise<string> {
  const { sql } = finding;
  const head = `${finding.status} ${finding.kind} ${finding.name}: ${finding.message}`;
  if (sql === undefined || from.kind !== 'duckdb') return head;
  const shown = await DuckdbWarehouse.read(from.file, (warehouse) =>
    warehouse.query(`select * from (${sql.replace(/;\s*$/, '')}\n) as failures limit ${SHOWN_ROWS}`),
  ).catch(() => undefined);
  if (shown === undefined || shown.rows.length === 0) return head;
  const text = (value: Cell): string => (value === null ? 'null' : String(value));
  const table = renderTable(
    shown.columns.map(({ name }) => ({ title: name, maxWidth: 40 })),
    shown.rows.map((row) => row.map(text)),
  );
  return `${head}\n${table.trimEnd()}`;
}

function commandStep(plan: ActionPlan, argv: readonly string[], showLine: (line: string) => void): PlannedStep {
  const name = `command ${argv.join(' ')}`;
  return {
    kind: 'action',
    name,
    run: async ({ launcher: _launcher, ...stops }) => {
      const lines: string[] = [];
      const end = await runProgram({
        argv,
        folder: plan.project.root,
        environment: plan.environment,
        ...stops,
        onLine: (line) => {
          lines.push(line);
          if (lines.length > KEPT_LINES) lines.shift();
          showLine(line);
        },
      });
      if (end.isCancelled) return { outcome: 'cancelled', summary: 'stopped', errors: [] };
      if (end.code === 0) return { outcome: 'succeeded', summary: 'exit code 0', errors: [] };
      const summary = end.problem ?? (end.code === null ? 'ended by a signal' : `exit code ${end.code}`);
      return { outcome: 'failed', summary, errors: lines.length === 0 ? [] : [lines.join('\n')] };
    },
  };
}
