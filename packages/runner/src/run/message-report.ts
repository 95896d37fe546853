import type { Readable } from 'node:stream';
import type { SecretMask } from '@cuttle/project';
import { type AirbyteMessage, type KnownError, type LogLevel, streamLabel } from '@cuttle/protocol';
import { eachTextLine } from '../pipe/text-lines.js';
import type { Origin, RunError, RunEvent } from './events.js';
import { traceCode } from './one-shot.js';
import type { SyncTracker } from './sync-tracker.js';

/** Longest text of a log line that is passed on, in characters. */
const MAX_LOG_LENGTH = 20_000;

/** Lines without a message that are passed on, of each connector; the rest is counted. */
const MAX_GARBAGE = 20;

/** Errors of a run that are kept and shown; the first ones say what went wrong. */
const MAX_ERRORS = 200;

/** Unknown types of messages that are named. */
const MAX_TYPES = 20;

/** Longest piece of such a line, in characters. */
const MAX_GARBAGE_LENGTH = 1000;

/** Turns what connectors say into events: masked, cut, errors collected in the tracker. */
export class MessageReport {
  private readonly connection: string;
  private readonly mask: SecretMask;
  private readonly tracker: SyncTracker;
  private readonly emit: (event: RunEvent) => void;
  private readonly garbageCount = { source: 0, destination: 0 };
  private readonly unknownTypes = new Set<string>();
  private errorCount = 0;

  constructor(connection: string, mask: SecretMask, tracker: SyncTracker, emit: (event: RunEvent) => void) {
    this.connection = connection;
    this.mask = mask;
    this.tracker = tracker;
    this.emit = emit;
  }

  /** A message other than RECORD and STATE. */
  message(origin: 'source' | 'destination', message: AirbyteMessage): void {
    if (message.type === 'LOG') {
      this.log(origin, message.log.level, message.log.message);
    } else if (message.type === 'TRACE') {
      this.trace(origin, message.trace);
    } else if (message.type === 'CONTROL') {
      this.note(
        'WARN',
        `The ${origin} changed its own config; a local run cannot keep it. Update the document or the secret.`,
      );
    } else {
      this.unknown(origin, String(message.type).slice(0, 40));
    }
  }

  private unknown(origin: 'source' | 'destination', type: string): void {
    if (this.unknownTypes.has(type) || this.unknownTypes.size >= MAX_TYPES) return;
    this.unknownTypes.add(type);
    this.note('WARN', `Messages of type ${type} of the ${origin} are ignored.`);
  }

  /** A line that is no message: it becomes a log line; only the first ones are passed on. */
  garbage(origin: 'source' | 'destination', text: string): void {
    if (text.trim() === '') return;
    this.garbageCount[origin] += 1;
    const count = this.garbageCount[origin];
    if (count > MAX_GARBAGE) return;
    const more = count === MAX_GARBAGE ? ' (further lines of this kind are not shown)' : '';
    this.log(origin, 'WARN', `Not a message: ${this.mask.apply(text.trim()).slice(0, MAX_GARBAGE_LENGTH)}${more}`);
  }

  /** What a connector writes to stderr is logs. */
  stderr(origin: 'source' | 'destination', stream: Readable): void {
    eachTextLine(stream, (line) => {
      if (line.trim() !== '') this.log(origin, 'INFO', line);
    });
  }

  /** Something the runner itself has to say. */
  note(level: LogLevel, message: string): void {
    this.log('runner', level, message);
  }

  /** An error of ours, or one that we found in a connector. */
  failure(origin: Origin, error: KnownError): void {
    this.error({
      origin,
      code: error.code,
      message: error.message,
      failureType: error.failureType,
      ...(error.stream === undefined ? {} : { stream: error.stream }),
    });
  }

  hasError(origin: Origin): boolean {
    return this.tracker.errors.some((error) => error.origin === origin);
  }

  private trace(origin: 'source' | 'destination', trace: (AirbyteMessage & { readonly type: 'TRACE' })['trace']): void {
    if (trace.type === 'ERROR' && trace.error !== undefined) {
      const { error } = trace;
      const code = traceCode(error);
      this.error({
        origin,
        ...(code === undefined ? {} : { code }),
        message: error.message,
        ...(error.failure_type === undefined ? {} : { failureType: error.failure_type }),
        ...(error.stream_descriptor === undefined ? {} : { stream: error.stream_descriptor }),
      });
      if (error.internal_message !== undefined) this.log(origin, 'DEBUG', error.internal_message);
    } else if (trace.type === 'STREAM_STATUS' && trace.stream_status !== undefined && origin === 'source') {
      if (this.tracker.status(trace.stream_status)) return;
      const label = streamLabel(trace.stream_status.stream_descriptor);
      this.note('WARN', `The source gave a status of stream "${label}", which is not in its catalog.`);
    } else if (trace.type === 'ESTIMATE' && trace.estimate !== undefined) {
      this.tracker.estimate(trace.estimate);
    }
  }

  private error(error: RunError): void {
    const { stream } = error;
    // A name of the catalog is an address; any other one is what a connector says.
    const isSaid = stream !== undefined && !this.tracker.isKnown(stream);
    const masked = {
      ...error,
      message: this.masked(error.message),
      ...(isSaid ? { stream: this.mask.applyDeep(stream) } : {}),
    };
    this.errorCount += 1;
    if (this.errorCount > MAX_ERRORS) return;
    this.tracker.errors.push(masked);
    this.emit({ type: 'error', connection: this.connection, error: masked });
  }

  private log(origin: Origin, level: LogLevel, message: string): void {
    this.emit({ type: 'log', connection: this.connection, origin, level, message: this.masked(message) });
  }

  private masked(text: string): string {
    const masked = this.mask.apply(text);
    return masked.length > MAX_LOG_LENGTH ? `${masked.slice(0, MAX_LOG_LENGTH)} ...` : masked;
  }
}
