import path from 'node:path';
import { openSession, type Session, type SessionOptions } from '@cuttle/gitops';
import { airbyteTargets, loadProject, type Project } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { findStacks, InvalidProject, type ProjectOptions } from '../../project-lookup.js';
import type { CommandContext } from '../context.js';

/** Options of the commands that speak to an Airbyte server. */
export interface TargetOptions extends ProjectOptions {
  /** Default: the only Airbyte target. */
  readonly target?: string;
}

/**
 * The one stack with the Airbyte target that is meant.
 *
 * @throws {InvalidProject} when its documents have errors
 * @throws {ConfigError} `TARGET_UNKNOWN`, `NAME_AMBIGUOUS`
 */
export function findAirbyteProject(context: CommandContext, options: TargetOptions): Project {
  const loaded = findStacks(options, context.terminal.folder).map((stack) => loadProject(stack));
  const fits = loaded.filter(({ project }) => {
    const targets = airbyteTargets(project);
    return options.target === undefined ? targets.length > 0 : targets.includes(options.target);
  });
  const chosen = fits.length > 0 ? fits : loaded;
  const errors = chosen.flatMap(({ diagnostics }) => diagnostics.filter((entry) => entry.severity === 'error'));
  if (errors.length > 0) throw new InvalidProject(errors);
  if (fits.length === 1) return fits[0]!.project;
  if (fits.length > 1) {
    const stacks = fits.map(({ project }) => path.basename(project.folder)).join(', ');
    throw new ConfigError(`Several stacks have such a target (${stacks}); choose one with --project.`, {
      code: 'NAME_AMBIGUOUS',
    });
  }
  const what = options.target === undefined ? 'an Airbyte target' : `an Airbyte target "${options.target}"`;
  throw new ConfigError(`No stack here has ${what}. A target is \`{ type: airbyte, url: ..., workspace: ... }\`.`, {
    code: 'TARGET_UNKNOWN',
  });
}

/** Options of a session at a target. */
export function sessionOptions(context: CommandContext, options: TargetOptions): SessionOptions {
  return { target: options.target, environment: context.terminal.environment };
}

/** Opens the target of a command. */
export async function openTarget(context: CommandContext, options: TargetOptions): Promise<Session> {
  return openSession(findAirbyteProject(context, options), sessionOptions(context, options));
}
