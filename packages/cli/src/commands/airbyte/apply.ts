import fs from 'node:fs';
import path from 'node:path';
import {
  type ApplyReport,
  applyPlan,
  isEmpty,
  makePlan,
  type Planned,
  type PlanOptions,
  type Session,
} from '@cuttle/gitops';
import { ConfigError, isJsonObject } from '@cuttle/protocol';
import { EXIT } from '../../exit-code.js';
import { applyView, renderApply } from '../../render/apply-view.js';
import { renderPlanText } from '../../render/plan/plan-text.js';
import { interruption } from '../../signals.js';
import { type CommandContext, writeResult } from '../context.js';
import { openTarget, type TargetOptions } from './open-target.js';
import { type PlanFlags, planOptions } from './plan.js';

/** Options of `apply`. */
export interface ApplyCommandOptions extends PlanFlags {
  readonly autoApprove?: boolean;
  readonly check?: boolean;
  readonly syncChanged?: boolean;
  readonly wait?: boolean;
}

/** Does what the documents say, or what a saved plan says. @returns the exit code */
export async function apply(
  context: CommandContext,
  planFile: string | undefined,
  options: ApplyCommandOptions,
): Promise<number> {
  const session = await openTarget(context, options);
  const saved = planFile === undefined ? undefined : readPlan(path.resolve(context.terminal.folder, planFile));
  const planned = await makePlan(session, saved?.options ?? planOptions(options));
  if (saved !== undefined && saved.fingerprint !== planned.plan.fingerprint) {
    const message = 'Airbyte or the documents changed since the plan was made. Nothing was applied; plan again.';
    throw new ConfigError(message, { code: 'PLAN_STALE' });
  }
  return carryOut(context, session, planned, options);
}

/** Options of `destroy`. */
export interface DestroyCommandOptions extends TargetOptions {
  readonly autoApprove?: boolean;
  readonly allowDestroy?: readonly string[];
}

/** Destroys things by name, with everything that hangs on them. @returns the exit code */
export async function destroy(
  context: CommandContext,
  names: readonly string[],
  options: DestroyCommandOptions,
): Promise<number> {
  const session = await openTarget(context, options);
  const allowDestroy = options.allowDestroy ?? [];
  const planned = await makePlan(session, { destroy: names, allowDestroy });
  return carryOut(context, session, planned, options);
}

async function carryOut(
  context: CommandContext,
  session: Session,
  planned: Planned,
  options: ApplyCommandOptions,
): Promise<number> {
  const { terminal, colours } = context;
  terminal.err(renderPlanText(planned.plan, colours, terminal.width));
  if (!isEmpty(planned.plan)) await demandApproval(context, options.autoApprove === true, planned);
  const interrupted = interruption(() => terminal.err('Stopping after the writes that are under way.\n'));
  // A second signal ends the process at once, as if it were killed: what is done stays done.
  interrupted.kill.addEventListener('abort', () => process.exit(EXIT.cancelled));
  try {
    const report = await applyPlan(session, planned, {
      check: options.check !== false,
      syncChanged: options.syncChanged === true,
      wait: options.wait === true,
      signal: interrupted.stop,
      onEvent: applyView(terminal, colours),
    });
    writeResult(context, renderApply(report, colours), { plan: planned.plan, report });
    return exitCodeOfApply(report);
  } finally {
    interrupted.release();
  }
}

function exitCodeOfApply({ done, failed, skipped }: ApplyReport): number {
  if (failed.length + skipped.length === 0) return EXIT.ok;
  return done.length === 0 ? EXIT.error : EXIT.partial;
}

/** @throws {ConfigError} `NOT_APPROVED` */
async function demandApproval(context: CommandContext, isApproved: boolean, planned: Planned): Promise<void> {
  const isBlocked = planned.plan.items.some(({ blocked }) => blocked !== undefined);
  if (isApproved || isBlocked) return;
  const { ask } = context.terminal;
  if (ask === undefined) {
    throw new ConfigError('Nobody can be asked here: give --auto-approve. Nothing was applied.', {
      code: 'NOT_APPROVED',
    });
  }
  const answer = await ask('Apply this plan? Only "yes" is taken: ');
  if (answer.trim() !== 'yes') throw new ConfigError('Not approved. Nothing was applied.', { code: 'NOT_APPROVED' });
}

/** @throws {ConfigError} `PLAN_INVALID` */
function readPlan(file: string): { readonly options: PlanOptions; readonly fingerprint: string } {
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    content = undefined;
  }
  const { version, options, plan } = isJsonObject(content) ? content : {};
  if (version === 1 && isJsonObject(options) && isJsonObject(plan) && typeof plan['fingerprint'] === 'string') {
    return { options: options as PlanOptions, fingerprint: plan['fingerprint'] };
  }
  throw new ConfigError(`${file} is no plan that \`cuttle plan --out\` wrote.`, { code: 'PLAN_INVALID' });
}
