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

/** Time after the end of a process in which its pipes are still read, in milliseconds: a child of it may hold them. */
export const DRAIN_MS = 3000;

/** A connector that was started, with everything that it started itself. */
export class ConnectorProcess {
  readonly stdin: Writable;
  readonly stderr: Readable;
  /** Resolves when the process ended; never rejects. What it wrote may still be in its pipes. */
  readonly exited: Promise<ProcessExit>;
  private readonly child: ChildProcess;
  private readonly stdout: Readable;
  private exit: ProcessExit | undefined;
  private isRead = false;
  private isCutOff = false;
  private isKilled = false;
  private leftMs = DRAIN_MS;
  private waitingSinceMs: number | undefined;
  private timer: NodeJS.Timeout | undefined;

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

  /** Whether the output was closed here, because another process held it open after the end. */
  get wasHeldOpen(): boolean {
    return this.isCutOff;
  }

  /** Whether it was killed here, because it did not end in the time it was given. */
  get wasKilled(): boolean {
    return this.isKilled;
  }

  /**
   * What the process writes to stdout, to its end. Once the process has ended, nobody is waited for longer than
   * {@link DRAIN_MS} in all; the time that the reader takes does not count. Leaving the loop closes the pipe.
   */
  async *output(): AsyncGenerator<Buffer, void, void> {
    this.waits();
    try {
      for await (const chunk of this.stdout) {
        this.waitsNoMore();
        yield chunk as Buffer;
        this.waits();
      }
    } catch (error) {
      if (!this.isCutOff) throw error;
    } finally {
      this.waitsNoMore();
      this.isRead = true;
      this.endGroup();
    }
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

  /** Ends the process, everything it started, and its output at once. */
  endNow(): void {
    this.kill('SIGKILL');
    this.close();
  }

  /** Asks the process to stop and kills it after a while. Resolves when it ended. */
  async stop(graceMs: number): Promise<ProcessExit> {
    if (this.exit === undefined) this.kill('SIGTERM');
    return this.endWithin(graceMs);
  }

  /** Waits for the end and kills the process when the time is over. */
  async endWithin(limitMs: number): Promise<ProcessExit> {
    const timer = setTimeout(() => {
      this.isKilled = true;
      this.kill('SIGKILL');
    }, limitMs);
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
    // Wakes a write that waits for a reader that is gone.
    this.stdin.destroy();
    this.endGroup();
    this.arm();
    // Ends what goes on writing, and stderr, which nobody waits for.
    setTimeout(() => {
      this.kill('SIGKILL');
      this.stderr.destroy();
    }, DRAIN_MS).unref();
    return this.exit;
  }

  /** What it left behind ends with it, once all that it wrote was read. */
  private endGroup(): void {
    if (this.exit === undefined || !this.isRead) return;
    this.kill('SIGKILL');
    this.child.stdio[3]?.destroy();
  }

  private waits(): void {
    this.waitingSinceMs = performance.now();
    this.arm();
  }

  private waitsNoMore(): void {
    if (this.timer !== undefined) this.leftMs -= performance.now() - this.waitingSinceMs!;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waitingSinceMs = undefined;
  }

  private arm(): void {
    if (this.exit === undefined || this.waitingSinceMs === undefined) return;
    this.waitingSinceMs = performance.now();
    this.timer = setTimeout(() => this.close(), Math.max(0, this.leftMs));
  }

  private close(): void {
    this.isCutOff = true;
    for (const stream of [this.stdout, this.stderr, this.child.stdio[3]]) stream?.destroy();
  }
}

/** `exit code 1`, `signal SIGKILL`. */
export function describeExit(exit: ProcessExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}
