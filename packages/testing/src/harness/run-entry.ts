import { type Command, type RunOptions, type RunResult, runCommand } from './run-command.js';
import { type RunIn, runInProcess } from './run-in-process.js';

/** How a connector is run. */
export interface Entry {
  readonly name: string;
  readonly command: Command;
  /** The command's own entry, for runs whose subject is not the process; default a process for each run. */
  readonly runIn?: RunIn;
}

/** Runs inside of this process where the entry can and no option asks for a process of its own. */
export function runEntry(entry: Entry, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { input = [], timeoutMs, ...ofProcess } = options;
  if (entry.runIn === undefined || Object.keys(ofProcess).length > 0) return runCommand(entry.command, args, options);
  const own = timeoutMs === undefined ? { input } : { input, timeoutMs };
  return runInProcess(entry.name, entry.runIn, args, own);
}
