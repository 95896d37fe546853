import fs from 'node:fs';
import path from 'node:path';
import { hasForeignChange, isEmpty, makePlan, type PlanOptions } from '@cuttle/gitops';
import { EXIT } from '../../exit-code.js';
import { renderPlanMarkdown } from '../../render/plan/plan-markdown.js';
import { renderPlanText } from '../../render/plan/plan-text.js';
import { type CommandContext, writeResult } from '../context.js';
import { openTarget, type TargetOptions } from './open-target.js';

/** Options that shape a plan; the same for `plan` and `apply`. */
export interface PlanFlags extends TargetOptions {
  readonly prune?: boolean;
  readonly allowDestroy?: readonly string[];
  readonly rotateSecrets?: boolean | readonly string[];
  readonly backfill?: boolean | readonly string[];
  readonly refreshSchema?: boolean;
  readonly selector?: string;
}

/** Options of `plan`. */
export interface PlanCommandOptions extends PlanFlags {
  readonly out?: string;
  readonly md?: string;
  readonly detailedExitcode?: boolean;
}

/** The options of a plan as flags say them. */
export function planOptions(flags: PlanFlags): PlanOptions {
  const listOf = (value: boolean | readonly string[]): true | readonly string[] =>
    Array.isArray(value) ? value : true;
  return {
    ...(flags.prune === true ? { prune: true } : {}),
    ...(flags.allowDestroy === undefined ? {} : { allowDestroy: flags.allowDestroy }),
    ...(flags.rotateSecrets === undefined ? {} : { rotateSecrets: listOf(flags.rotateSecrets) }),
    ...(flags.backfill === undefined ? {} : { backfill: listOf(flags.backfill) }),
    ...(flags.refreshSchema === true ? { refreshSchema: true } : {}),
    ...(flags.selector === undefined ? {} : { selector: flags.selector }),
  };
}

/** Shows what `apply` would do. Changes nothing. @returns the exit code */
export async function plan(context: CommandContext, options: PlanCommandOptions): Promise<number> {
  const { terminal, colours } = context;
  const session = await openTarget(context, options);
  terminal.err(`Comparing the documents with ${session.target.url} ...\n`);
  const shape = planOptions(options);
  const made = (await makePlan(session, shape)).plan;
  const write = (file: string, text: string): void =>
    fs.writeFileSync(path.resolve(terminal.folder, file), text, { mode: 0o600 });
  if (options.out !== undefined)
    write(options.out, `${JSON.stringify({ version: 1, options: shape, plan: made }, null, 2)}\n`);
  if (options.md !== undefined) write(options.md, renderPlanMarkdown(made));
  writeResult(context, renderPlanText(made, colours, terminal.width), { plan: made });
  const hasChanges = !isEmpty(made) || hasForeignChange(made);
  return options.detailedExitcode === true && hasChanges ? EXIT.changes : EXIT.ok;
}
