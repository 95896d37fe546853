import path from 'node:path';
import { loadProject } from '@cuttle/project';
import { isKnownError, streamLabel, stringifyLossless } from '@cuttle/protocol';
import { lastResult, StateStore } from '@cuttle/runner';
import { EXIT } from '../exit-code.js';
import { findStacks, type ProjectOptions } from '../project-lookup.js';
import { duration } from '../render/quantity.js';
import { renderTable } from '../render/table.js';
import { type CommandContext, writeResult } from './context.js';

/** Last run and state of one stream or, without streams, of a connection. */
interface StatusRow {
  readonly project: string;
  readonly connection: string;
  readonly lastRun: string;
  readonly outcome: string;
  readonly elapsedMs: number | undefined;
  readonly streams: readonly { readonly name: string; readonly state: string | undefined; readonly isOpen: boolean }[];
  /** Why the state cannot be read. */
  readonly problem?: string;
}

/** Shows the last run and the state of each connection. @returns the exit code */
export function status(context: CommandContext, options: ProjectOptions & { readonly target: string }): number {
  const rows = findStacks(options, context.terminal.folder).flatMap((stack) => statusOf(stack, options.target));
  const cells = rows.flatMap((row) => {
    const run = [row.connection, row.lastRun, row.outcome, row.elapsedMs === undefined ? '' : duration(row.elapsedMs)];
    if (row.streams.length === 0) return [[...run, '', row.problem ?? '']];
    return row.streams.map((stream, index) => [
      ...(index === 0 ? run : ['', '', '', '']),
      stream.name,
      `${stream.isOpen ? 'unfinished ' : ''}${stream.state ?? 'none'}`,
    ]);
  });
  const titles = ['connection', 'last run', 'outcome', 'time', 'stream'].map((title) => ({ title }));
  writeResult(context, renderTable([...titles, { title: 'state', maxWidth: 60 }], cells), { connections: rows });
  return EXIT.ok;
}

function statusOf(stack: string, target: string): readonly StatusRow[] {
  const { project } = loadProject(stack);
  const folder = path.join(project.root, '.cuttle');
  return [...project.connections.keys()].map((connection) => {
    const last = lastResult(folder, connection);
    const run =
      last === undefined || last === 'unfinished'
        ? { lastRun: '', outcome: last === undefined ? 'never run' : 'running or killed', elapsedMs: undefined }
        : { lastRun: last.startedAt, outcome: last.outcome, elapsedMs: last.elapsedMs };
    return { project: project.name, connection, ...run, ...stateOf(folder, project.name, connection, target) };
  });
}

function stateOf(
  folder: string,
  project: string,
  connection: string,
  target: string,
): Pick<StatusRow, 'streams' | 'problem'> {
  try {
    const state = new StateStore(folder, { project, connection, target }).peek();
    const streams = (state?.streams ?? []).map((record) => ({
      name: streamLabel(record.stream),
      state: record.state === undefined ? undefined : stringifyLossless(record.state),
      isOpen: record.isOpen,
    }));
    return { streams };
  } catch (error) {
    if (!isKnownError(error)) throw error;
    return { streams: [], problem: error.message };
  }
}
