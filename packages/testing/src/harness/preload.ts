import path from 'node:path';
import { ROOT } from './workspace.js';

/** Modules that tests load into a connector's process; each file says what it does and which variables it reads. */
type PreloadName =
  | 'clock'
  | 'crash'
  | 'no-world'
  | 'pollution'
  | 'public-host'
  | 'kill-at-statement'
  | 'stall'
  | 'stuck-output';

/** Path of a module for `preload` of a run. */
export function preload(name: PreloadName): string {
  return path.join(ROOT, 'packages', 'testing', 'preload', `${name}.cjs`);
}
