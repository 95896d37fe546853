import { streamLabel } from '@cuttle/protocol';
import type { Progress, RunEvent, StreamProgress } from '@cuttle/runner';
import { type Paint, paint, type Terminal } from '../terminal.js';
import { ownCode, visible } from '../terminal-text.js';
import { byteSize, count, rate } from './quantity.js';
import { indented } from './table.js';

/** Time between two lines of one connection when lines cannot be redrawn, in milliseconds. */
const PLAIN_INTERVAL_MS = 10_000;

/** Most stream lines that are redrawn for one connection. */
const MAX_STREAMS = 12;

/**
 * Shows on stderr how runs go: on a terminal a block that is redrawn, else a line now and then. Errors and warnings are
 * lines of their own.
 */
export class ProgressView {
  private readonly terminal: Terminal;
  private readonly colours: Paint;
  private readonly isVerbose: boolean;
  private readonly latest = new Map<string, Progress>();
  private readonly printedMs = new Map<string, number>();
  private drawnLines = 0;

  /** @param isVerbose whether logs of level INFO are shown too */
  constructor(terminal: Terminal, isVerbose: boolean) {
    this.terminal = terminal;
    this.colours = paint(terminal);
    this.isVerbose = isVerbose;
  }

  show(event: RunEvent): void {
    switch (event.type) {
      case 'progress':
        this.latest.set(event.progress.connection, event.progress);
        if (this.terminal.isInteractive) this.redraw();
        else this.printNowAndThen(event.progress);
        return;
      case 'phase':
        if (event.phase === 'done') this.latest.delete(event.connection);
        else if (event.phase === 'discover') this.line(`${event.connection}: looking at the source`);
        return;
      case 'error': {
        const { error } = event;
        const stream = error.stream === undefined ? '' : ` ${streamLabel(error.stream)}`;
        this.line(`${event.connection}: ${this.colours.red(`error (${error.origin}${stream})`)} ${error.message}`);
        return;
      }
      case 'log':
        if (!this.isShown(event.level)) return;
        this.line(`${event.connection}: ${this.colours.dim(`${event.level} (${event.origin})`)} ${event.message}`);
        return;
      default: {
        const missing: never = event;
        return missing;
      }
    }
  }

  /** Shows a line, such as the name of an action that begins. */
  note(text: string): void {
    this.line(text);
  }

  /** Removes the block that is redrawn. */
  end(): void {
    this.erase();
    this.latest.clear();
  }

  private isShown(level: string): boolean {
    return level === 'WARN' || level === 'ERROR' || level === 'FATAL' || (this.isVerbose && level === 'INFO');
  }

  private line(text: string): void {
    this.erase();
    this.terminal.err(`${indented(text)}\n`);
    if (this.terminal.isInteractive) this.redraw();
  }

  private printNowAndThen(progress: Progress): void {
    const last = this.printedMs.get(progress.connection) ?? 0;
    if (progress.elapsedMs - last < PLAIN_INTERVAL_MS) return;
    this.printedMs.set(progress.connection, progress.elapsedMs);
    for (const stream of progress.streams.filter((entry) => entry.status !== 'WAITING')) {
      this.terminal.err(`${progress.connection}: ${streamLine(stream)}\n`);
    }
  }

  private redraw(): void {
    this.erase();
    const lines = [...this.latest.values()].flatMap((progress) => {
      const active = progress.streams.filter((stream) => stream.status !== 'WAITING').slice(-MAX_STREAMS);
      // A line that is broken by the terminal would not be erased as one.
      const cut = (line: string): string => line.slice(0, this.terminal.width - 1);
      const name = this.colours.bold(cut(visible(progress.connection)));
      return [name, ...active.map((stream) => cut(`  ${streamLine(stream)}`))];
    });
    if (lines.length === 0) return;
    this.terminal.err(lines.map((line) => `${line}\n`).join(''));
    this.drawnLines = lines.length;
  }

  private erase(): void {
    if (this.drawnLines > 0) this.terminal.err(ownCode(`[${this.drawnLines}A`) + ownCode('[0J'));
    this.drawnLines = 0;
  }
}

/** `orders  RUNNING  12,345 rows  3,456 rows/s  5.6 MB  states 3/2`. */
function streamLine(stream: StreamProgress): string {
  const limited = stream.rateLimitedUntilMs === undefined ? '' : '  waiting for a rate limit';
  const share =
    stream.estimatedRecords === undefined || stream.estimatedRecords === 0
      ? ''
      : ` of about ${count(stream.estimatedRecords)}`;
  return [
    visible(streamLabel(stream.stream)),
    stream.status,
    `${count(stream.records)}${share} rows`,
    `${rate(stream.records, stream.elapsedMs)} rows/s`,
    byteSize(stream.bytes),
    `states ${stream.acknowledgedStates}/${stream.states}${limited}`,
  ].join('  ');
}
