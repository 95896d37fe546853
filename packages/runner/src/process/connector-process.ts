import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { SystemError } from '@cuttle/protocol';

/** How a process ended. */
export interface ProcessExit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A connector that was started. */
export class ConnectorProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  private readonly child: ChildProcess;
  private exit: ProcessExit | undefined;

  /** @param name for messages: `source "bubble"` */
  constructor(child: ChildProcess, name: string) {
    const [stdin, stdout, stderr] = child.stdio;
    if (stdin == null || stdout == null || stderr == null) {
      throw new SystemError(`The ${name} could not be started.`, { code: 'CONNECTOR_NOT_STARTED' });
    }
    this.child = child;
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    // A reader that is gone is noticed by its exit, not by the failing write.
    stdin.on('error', () => {});
    child.stdio[3]?.on('error', () => {});
    this.exited = this.watch();
  }

  /** The end, if it already happened. */
  get ended(): ProcessExit | undefined {
    return this.exit;
  }

  /** Sends a signal to the process and everything it started. */
  kill(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone.
    }
  }

  /** Asks the process to stop and kills it after a while. Resolves when it ended. */
  async stop(graceMs: number): Promise<ProcessExit> {
    if (this.exit === undefined) this.kill('SIGTERM');
    return this.endWithin(graceMs);
  }

  /** Waits for the end and kills the process when the time is over. */
  async endWithin(limitMs: number): Promise<ProcessExit> {
    const timer = setTimeout(() => this.kill('SIGKILL'), limitMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  private async watch(): Promise<ProcessExit> {
    try {
      const [code, signal] = (await once(this.child, 'exit')) as [number | null, NodeJS.Signals | null];
      this.exit = { code, signal };
    } catch {
      // Node could not start the process: as a shell says it.
      this.exit = { code: 127, signal: null };
    }
    return this.exit;
  }
}

/** `exit code 1`, `signal SIGKILL`. */
export function describeExit(exit: ProcessExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}
