import { driftOf, makePlan } from '@cuttle/gitops';
import { EXIT } from '../../exit-code.js';
import { renderDrift } from '../../render/drift.js';
import { type CommandContext, writeResult } from '../context.js';
import { openTarget, type TargetOptions } from './open-target.js';

/** Options of `drift`. */
export interface DriftCommandOptions extends TargetOptions {
  readonly detailedExitcode?: boolean;
}

/** Shows what somebody changed in Airbyte. Changes nothing. @returns the exit code */
export async function drift(context: CommandContext, options: DriftCommandOptions): Promise<number> {
  const session = await openTarget(context, options);
  const found = driftOf(session, await makePlan(session));
  writeResult(context, renderDrift(found, context.colours), { drift: found });
  return options.detailedExitcode === true && found.items.length > 0 ? EXIT.changes : EXIT.ok;
}
