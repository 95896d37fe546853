import { planConnector } from './connection-plan.js';
import type { Project } from './document.js';
import { type Environment, resolveConfig } from './resolve-config.js';
import { SecretMask } from './secret-mask.js';

/**
 * Hides every secret that the documents of a project name on a local target, as far as its value is there: for the
 * output of programs that get the whole environment.
 */
export function projectMask(project: Project, target: string, environment: Environment): SecretMask {
  const actors = [
    ...[...project.sources.keys()].map((name) => [name, 'source'] as const),
    ...[...project.destinations.keys()].map((name) => [name, 'destination'] as const),
  ];
  const secrets = actors.flatMap(([name, role]) => {
    try {
      return resolveConfig(planConnector(project, name, target, role), environment).secrets;
    } catch {
      // What cannot be resolved has no value to hide; whoever needs it says so.
      return [];
    }
  });
  return new SecretMask(secrets);
}
