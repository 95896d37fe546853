import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { exportState, restoreState } from '@cuttle/gitops';
import { airbyteTargets, localTarget, type Project } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { StateStore } from '@cuttle/runner';
import { EXIT } from '../../exit-code.js';
import { findProject } from '../../project-lookup.js';
import { type CommandContext, writeResult } from '../context.js';
import { openTarget, type TargetOptions } from './open-target.js';

/** Options of `state export` and `state restore`. */
export interface StateOptions extends TargetOptions {
  readonly out?: string;
}

/** Writes the cursors of a connection to a file or stdout. @returns the exit code */
export async function stateExport(context: CommandContext, name: string, options: StateOptions): Promise<number> {
  const local = localStore(context, name, options);
  const text =
    local === undefined
      ? `${JSON.stringify(await exportState(await openTarget(context, options), name), null, 2)}\n`
      : exportLocal(local, name);
  if (options.out === undefined) context.terminal.out(text);
  else {
    fs.writeFileSync(path.resolve(context.terminal.folder, options.out), text, { mode: 0o600 });
    writeResult(context, `wrote ${options.out}\n`, { connection: name, file: options.out });
  }
  return EXIT.ok;
}

/** Writes the cursors of a connection back. @returns the exit code */
export async function stateRestore(
  context: CommandContext,
  name: string,
  file: string,
  options: StateOptions,
): Promise<number> {
  const text = fs.readFileSync(path.resolve(context.terminal.folder, file), 'utf8');
  const local = localStore(context, name, options);
  if (local === undefined) await restoreState(await openTarget(context, options), name, parse(text));
  else restoreLocal(local, text);
  writeResult(context, `${name}: state restored from ${file}\n`, { connection: name, file });
  return EXIT.ok;
}

interface LocalStore {
  readonly store: StateStore;
  readonly owner: { readonly project: string; readonly connection: string; readonly target: string };
}

/** The state store of a local target; undefined for an Airbyte target. */
function localStore(context: CommandContext, name: string, options: StateOptions): LocalStore | undefined {
  const project = findProject(options, context.terminal.folder, name, ({ connections }) => connections.keys());
  if (isAirbyte(project, options.target)) return undefined;
  const target = localTarget(project, options.target ?? 'local').name;
  const owner = { project: project.name, connection: name, target };
  return { store: new StateStore(path.join(project.root, '.cuttle'), owner), owner };
}

function isAirbyte(project: Project, target: string | undefined): boolean {
  const known = airbyteTargets(project);
  return target === undefined ? known.length === 1 : known.includes(target);
}

function exportLocal({ store }: LocalStore, name: string): string {
  if (store.peek() === undefined) {
    throw new ConfigError(`"${name}" has no state yet.`, { code: 'STATE_MISSING' });
  }
  return fs.readFileSync(store.file, 'utf8');
}

/** The file is checked as a run would check it, before it takes the place of the state. */
function restoreLocal({ store, owner }: LocalStore, text: string): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-state-'));
  try {
    const trial = new StateStore(folder, owner);
    fs.mkdirSync(path.dirname(trial.file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(trial.file, text, { mode: 0o600 });
    const state = trial.peek();
    if (state === undefined) throw new ConfigError('The file holds no state.', { code: 'STATE_INVALID' });
    store.load();
    store.save(state);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
