import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../harness/workspace.js';
import type { TestWarehouse } from './fixture.js';

/** Options of a run that is killed (SIGKILL, no clean-up) right after its nth statement; 0 for never. */
export function killedAfter({ profile }: TestWarehouse, after: number): { readonly env: Record<string, string> } {
  const file = profile.killPreload ?? path.join(ROOT, 'packages', 'testing', 'preload', 'kill-at-statement.cjs');
  return { env: { NODE_OPTIONS: `--require ${file}`, CUTTLE_KILL_AFTER: String(after) } };
}

/** Statements of an unbroken run. */
export async function countStatements(
  warehouse: TestWarehouse,
  run: (options: { readonly env: Record<string, string> }) => Promise<unknown>,
): Promise<number> {
  const log = path.join(warehouse.folder, 'statements.log');
  await run({ env: { ...killedAfter(warehouse, 0).env, CUTTLE_STATEMENT_LOG: log } });
  return fs.readFileSync(log, 'utf8').trim().split('\n').length;
}
