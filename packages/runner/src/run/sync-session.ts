import {
  encodeMessage,
  type KnownError,
  type LineSplitter,
  SystemError,
  statusTrace,
  streamLabel,
  TransientError,
  toKnownError,
} from '@cuttle/protocol';
import { connectorLines } from '../pipe/connector-lines.js';
import { decodeMessage } from '../pipe/connector-message.js';
import { SourceLines } from '../pipe/source-lines.js';
import { mapSourceState, readAcknowledgedState } from '../pipe/state-lines.js';
import type { StreamRoutes } from '../pipe/stream-route.js';
import { type ConnectorProcess, describeExit, type ProcessExit } from '../process/connector-process.js';
import type { MessageReport } from './message-report.js';
import type { RunLimits } from './run-limits.js';
import type { StateKeeper } from './state-keeper.js';
import type { SyncTracker } from './sync-tracker.js';

/** What a session works with. */
export interface SessionParts {
  readonly source: ConnectorProcess;
  readonly destination: ConnectorProcess;
  readonly routes: StreamRoutes;
  readonly tracker: SyncTracker;
  readonly keeper: StateKeeper;
  readonly report: MessageReport;
  readonly limits: RunLimits;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
}

/** How the two processes ended. */
export interface SessionEnd {
  readonly sourceExit: ProcessExit;
  readonly destinationExit: ProcessExit;
  /** Whether COMPLETE was sent for the streams that the source completed. */
  readonly isComplete: boolean;
}

/**
 * Pumps the output of a source into a destination until both have ended.
 *
 * Back-pressure goes both ways: a chunk is read only when the destination took the one before. Memory: one chunk of the
 * source, its mapped copy, and at most one unfinished line.
 *
 * The end: when the source exited with 0 and nothing failed, the destination gets one COMPLETE for each stream that the
 * source completed; otherwise its input just ends, and it keeps what it acknowledged and fails.
 */
export class SyncSession {
  private readonly parts: SessionParts;
  private readonly lines: SourceLines;
  private readonly reader: LineSplitter;
  private failure: KnownError | undefined;
  private isCancelled = false;
  private isInputEnded = false;
  private isBlocked = false;
  private sourceSeenMs = performance.now();
  private destinationSeenMs = performance.now();

  constructor(parts: SessionParts) {
    this.parts = parts;
    const { report, routes, tracker, limits } = parts;
    this.lines = new SourceLines(routes, {
      state: (text) => {
        const mapped = mapSourceState(text, routes);
        tracker.sent(mapped);
        return mapped.line;
      },
      message: (message) => report.message('source', message),
      garbage: (text) => report.garbage('source', text),
    });
    this.reader = connectorLines(this.lines, limits.maxLineBytes);
  }

  /** Resolves when both processes ended; what went wrong is in the tracker's errors. */
  async run(): Promise<SessionEnd> {
    const { source, destination, report } = this.parts;
    source.stdin.end();
    report.stderr('source', source.stderr);
    report.stderr('destination', destination.stderr);
    // A run whose connectors are gone must not be kept alive by what watches them.
    const watch = setInterval(() => this.watch(), this.watchMs()).unref();
    const acknowledged = this.readDestination();
    void destination.exited.then(() => this.onDestinationExit());
    destination.stdin.once('close', () => this.onInputClosed());
    try {
      await this.pump();
      const sourceExit = await source.endWithin(2 * this.parts.limits.stopMs);
      this.noteHeldPipe('source', source);
      await this.endSource(sourceExit);
      const isComplete = sourceExit.code === 0 && this.failure === undefined && !this.isCancelled;
      const destinationExit = await this.finishDestination(isComplete);
      await acknowledged;
      this.noteHeldPipe('destination', destination);
      this.judgeDestination(destinationExit);
      return { sourceExit, destinationExit, isComplete };
    } finally {
      clearInterval(watch);
    }
  }

  /** Stops the source and lets the destination keep what it has. */
  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    const { source, destination, limits } = this.parts;
    void source.stop(limits.stopMs);
    setTimeout(() => void destination.stop(limits.stopMs), limits.finishMs).unref();
  }

  /** Ends both processes at once. */
  kill(): void {
    this.isCancelled = true;
    this.parts.source.endNow();
    this.parts.destination.endNow();
  }

  /** Ends the run with an error; the first one counts. */
  fail(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = toKnownError(error);
    this.parts.report.failure('runner', this.failure);
    void this.parts.source.stop(this.parts.limits.stopMs);
  }

  private noteHeldPipe(role: 'source' | 'destination', { wasHeldOpen }: ConnectorProcess): void {
    if (!wasHeldOpen || this.isCancelled) return;
    const what = `The ${role} has ended, and a process that it started kept its output open`;
    this.parts.report.note('WARN', `${what}; the output was closed and the process ended.`);
  }

  private async pump(): Promise<void> {
    try {
      for await (const chunk of this.parts.source.output()) {
        const before = this.lines.messages;
        this.reader.push(chunk);
        this.lines.endRun();
        if (this.lines.messages !== before) this.sourceSeenMs = performance.now();
        await this.forward();
        // Leaving the loop closes the pipe: the source then ends by itself.
        if (this.failure !== undefined || this.parts.destination.ended !== undefined) return;
      }
    } catch (error) {
      this.fail(error);
      // What came before the fault in the same chunk is whole.
      this.lines.endRun();
      await this.forward();
    }
  }

  private async forward(): Promise<void> {
    const { stdin } = this.parts.destination;
    const output = this.lines.out.take();
    if (output.length === 0) return;
    stdin.cork();
    for (const part of output) stdin.write(part);
    stdin.uncork();
    if (!stdin.writableNeedDrain) return;
    this.isBlocked = true;
    this.destinationSeenMs = performance.now();
    await drained(stdin);
    this.isBlocked = false;
    const now = performance.now();
    // Time spent waiting for the destination is not the source's silence.
    this.sourceSeenMs = now;
    this.destinationSeenMs = now;
  }

  /** Judges what is left behind the last line break, then the exit. */
  private async endSource(exit: ProcessExit): Promise<void> {
    const rest = this.reader.takeRest();
    const { destination } = this.parts;
    const isUndisturbed = this.failure === undefined && !this.isCancelled && destination.ended === undefined;
    if (exit.code === 0 && isUndisturbed) {
      if (rest.length > 0) await this.lastLine(rest);
      const missing = this.parts.routes.all.filter((route) => !this.parts.tracker.isRead(route));
      if (missing.length === 0 || this.failure !== undefined) return;
      const names = missing.map((route) => `"${streamLabel(route.source)}"`).join(', ');
      this.parts.report.failure(
        'source',
        new SystemError(`The source ended with exit code 0, but never said that it is complete: ${names}.`, {
          code: 'STREAM_INCOMPLETE',
        }),
      );
      return;
    }
    if (rest.length > 0) this.parts.report.note('WARN', 'The last line of the source is cut off and is left out.');
    // A source that was stopped, by us or because the destination is gone, is not to blame.
    if (exit.code === 0 || !isUndisturbed || this.parts.report.hasError('source')) return;
    const message = this.parts.source.wasKilled
      ? 'The source closed its output, did not end itself, and was killed.'
      : `The source ended with ${describeExit(exit)} and gave no reason.`;
    this.parts.report.failure('source', new SystemError(message, { code: 'SOURCE_FAILED' }));
  }

  private async lastLine(rest: Buffer): Promise<void> {
    try {
      JSON.parse(rest.toString('utf8'));
      this.reader.push(Buffer.concat([rest, Buffer.from('\n')]));
      this.lines.endRun();
      await this.forward();
    } catch (error) {
      const isCutOff = error instanceof SyntaxError;
      const message = 'The source ended with exit code 0 in the middle of a line.';
      this.fail(isCutOff ? new SystemError(message, { code: 'OUTPUT_CUT_OFF' }) : error);
    }
  }

  private async finishDestination(isComplete: boolean): Promise<ProcessExit> {
    const { destination, limits, tracker, routes, wallClock } = this.parts;
    this.isInputEnded = true;
    this.destinationSeenMs = performance.now();
    if (isComplete) {
      const complete = routes.all.filter((route) => tracker.isRead(route));
      for (const route of complete) {
        destination.stdin.write(`${encodeMessage(statusTrace(route.destination, 'COMPLETE', wallClock()))}\n`);
      }
    }
    destination.stdin.end();
    if (isComplete) return destination.exited;
    const timer = setTimeout(() => void destination.stop(limits.stopMs), limits.finishMs);
    const exit = await destination.exited;
    clearTimeout(timer);
    return exit;
  }

  private async readDestination(): Promise<void> {
    const { destination, routes, tracker, keeper, report, limits } = this.parts;
    const sink = new DestinationLines(report, (text) => {
      const state = readAcknowledgedState(text, routes);
      tracker.acknowledged(state);
      keeper.acknowledge(state);
    });
    const reader = connectorLines(sink, limits.maxLineBytes);
    try {
      for await (const chunk of destination.output()) {
        this.destinationSeenMs = performance.now();
        reader.push(chunk);
      }
    } catch (error) {
      this.fail(error);
      void destination.stop(limits.stopMs);
    }
  }

  /** A destination that reads no more and does not end would keep the run until it counts as hung. */
  private onInputClosed(): void {
    const { destination, limits } = this.parts;
    if (destination.stdin.writableFinished) return;
    const judge = (): void => {
      if (destination.ended !== undefined) return;
      const message = 'The destination closed its input before the end and did not end itself; it was stopped.';
      this.fail(new SystemError(message, { code: 'DESTINATION_CLOSED_INPUT' }));
      void destination.stop(limits.stopMs);
    };
    setTimeout(judge, limits.stopMs).unref();
  }

  private onDestinationExit(): void {
    const { source, limits } = this.parts;
    if (!this.isInputEnded) void source.stop(limits.stopMs);
  }

  /** Called when all output was read: an ERROR trace says more than an exit code. */
  private judgeDestination(exit: ProcessExit): void {
    const { report, tracker, routes } = this.parts;
    if (exit.code === 0) {
      const open = routes.all.filter((route) => !tracker.isAcknowledged(route));
      if (open.length === 0) return;
      const names = open.map((route) => `"${streamLabel(route.destination)}"`).join(', ');
      const message = `The destination ended with exit code 0 without acknowledging all states of ${names}.`;
      report.failure('destination', new SystemError(message, { code: 'STATES_NOT_ACKNOWLEDGED' }));
    } else if (!report.hasError('destination') && this.failure === undefined && !this.isCancelled) {
      // Without COMPLETE a destination has to fail: the reason is the source's then.
      if (report.hasError('source') && exit.signal === null) return;
      const message = `The destination ended with ${describeExit(exit)} and gave no reason.`;
      report.failure('destination', new SystemError(message, { code: 'DESTINATION_FAILED' }));
    }
  }

  private watchMs(): number {
    const { sourceSilenceMs, destinationSilenceMs } = this.parts.limits;
    return Math.max(20, Math.min(1000, sourceSilenceMs / 4, destinationSilenceMs / 4));
  }

  private watch(): void {
    const { source, destination, limits, tracker, wallClock } = this.parts;
    const now = performance.now();
    if ((this.isBlocked || this.isInputEnded) && now - this.destinationSeenMs > limits.destinationSilenceMs) {
      this.fail(silent('destination', limits.destinationSilenceMs, 'DESTINATION_HUNG'));
      void destination.stop(limits.stopMs);
      return;
    }
    if (this.isBlocked || source.ended !== undefined) return;
    const isLimited = (tracker.rateLimitedUntilMs() ?? 0) > wallClock();
    const allowedMs = limits.sourceSilenceMs + (isLimited ? limits.rateLimitMs : 0);
    if (now - this.sourceSeenMs > allowedMs) this.fail(silent('source', allowedMs, 'SOURCE_SILENT'));
  }
}

/** Lines of a destination: states are acknowledged, messages reported. */
class DestinationLines {
  private readonly report: MessageReport;
  private readonly acknowledge: (text: string) => void;

  constructor(report: MessageReport, acknowledge: (text: string) => void) {
    this.report = report;
    this.acknowledge = acknowledge;
  }

  line(buffer: Buffer, start: number, end: number): void {
    const text = buffer.toString('utf8', start, end);
    const message = decodeMessage(text);
    if (message === undefined) this.report.garbage('destination', text);
    else if (message.type === 'STATE') this.acknowledge(text);
    else this.report.message('destination', message);
  }
}

function silent(role: 'source' | 'destination', ms: number, code: string): TransientError {
  const what = role === 'source' ? 'sent no record and no state' : 'made no progress';
  return new TransientError(`The ${role} ${what} for ${Math.round(ms / 100) / 10} s and was stopped.`, { code });
}

/** Resolves when the stream takes more, or is closed. */
function drained(stream: NodeJS.WritableStream & { readonly destroyed: boolean }): Promise<void> {
  if (stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
