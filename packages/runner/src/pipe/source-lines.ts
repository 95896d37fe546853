import { isUtf8 } from 'node:buffer';
import {
  type AirbyteMessage,
  beginsAt,
  type Envelope,
  isJsonObject,
  type StreamDescriptor,
  SystemError,
  scanEnvelope,
  streamLabel,
  textOf,
} from '@cuttle/protocol';
import type { LineSink } from './connector-lines.js';
import { decodeMessage } from './connector-message.js';
import { OutBuffer } from './out-buffer.js';
import { normaliseRecord, spliceRecord } from './splice-record.js';
import type { StreamRoute, StreamRoutes } from './stream-route.js';

/** What the pipe asks others about lines that are no records. */
export interface SourceListener {
  /** The STATE line for the destination, newline included. */
  state(text: string): string;
  /** LOG, TRACE, CONTROL and whatever else is a message; it does not reach the destination. */
  message(message: AirbyteMessage): void;
  /** A line that is no message. */
  garbage(text: string): void;
}

const RECORD_START = Buffer.from('{"type":"RECORD","record":{"stream":');
const QUOTE = 0x22;
/** Bound once: called for each record, the getter of a module's export shows. */
const isAt = beginsAt;
/** Longest piece of a garbage line that is passed on, in characters; it is masked before it is cut to what is shown. */
const GARBAGE_LENGTH = 20_000;

/**
 * The lines of a source on their way to the destination.
 *
 * A record of a known form costs one compare of its head and one copy; lines of streams that keep their name are
 * forwarded in runs. Other key orders take a walk over the envelope, transforms and odd forms a parse. Order is kept.
 */
export class SourceLines implements LineSink {
  readonly out = new OutBuffer();
  /** Lines that are records or states. */
  messages = 0;
  private readonly routes: StreamRoutes;
  private readonly listener: SourceListener;
  private last: StreamRoute | undefined;
  private run: { buffer: Buffer; start: number; end: number } | undefined;

  constructor(routes: StreamRoutes, listener: SourceListener) {
    this.routes = routes;
    this.listener = listener;
  }

  /**
   * @throws {SystemError} `RECORD_UNKNOWN_STREAM`, `RECORD_NOT_JSON` (a record line is cut off or broken), and what a
   *   transform throws
   */
  line(buffer: Buffer, start: number, end: number): void {
    const route = this.routeByHead(buffer, start, end);
    if (route === undefined) {
      this.otherLine(buffer, start, end);
      return;
    }
    if (route.transform !== undefined || namesNamespaceAgain(buffer, start + route.head.length, end, route)) {
      this.otherLine(buffer, start, end);
      return;
    }
    this.count(route, end - start + 1);
    if (route.isUnchanged) {
      this.forward(buffer, start, end + 1);
    } else {
      this.endRun();
      this.out.append(route.mappedHead, 0, route.mappedHead.length);
      this.out.append(buffer, start + route.head.length, end + 1);
    }
  }

  /** Closes the current run; call it when a chunk is done. */
  endRun(): void {
    if (this.run === undefined) return;
    this.out.append(this.run.buffer, this.run.start, this.run.end);
    this.run = undefined;
  }

  private routeByHead(buffer: Buffer, start: number, end: number): StreamRoute | undefined {
    const last = this.last;
    if (last !== undefined && isAt(buffer, start, end, last.head)) return last;
    if (!isAt(buffer, start, end, RECORD_START)) return undefined;
    const nameStart = start + RECORD_START.length;
    const nameEnd = buffer.indexOf(QUOTE, nameStart + 1) + 1;
    if (nameEnd <= 0 || nameEnd > end) return undefined;
    const route = this.routes.findByHeadName(buffer.toString('latin1', nameStart, nameEnd));
    if (route === undefined || !isAt(buffer, start, end, route.head)) return undefined;
    this.last = route;
    return route;
  }

  private forward(buffer: Buffer, start: number, end: number): void {
    if (this.run !== undefined && this.run.buffer === buffer && this.run.end === start) {
      this.run.end = end;
      return;
    }
    this.endRun();
    this.run = { buffer, start, end };
  }

  private otherLine(buffer: Buffer, start: number, end: number): void {
    this.endRun();
    const envelope = scanEnvelope(buffer, start, end);
    if (envelope === undefined) this.unfollowedLine(buffer, start, end);
    else if (envelope.type === 'STATE') this.stateLine(buffer, start, end);
    else if (envelope.type === 'RECORD') this.recordLine(buffer, start, end, envelope, false);
    else this.parsedMessage(buffer, start, end);
  }

  private recordLine(buffer: Buffer, start: number, end: number, envelope: Envelope, isNormal: boolean): void {
    const name = envelope.stream === undefined ? undefined : textOf(buffer, envelope.stream);
    const namespace = envelope.namespace === undefined ? undefined : textOf(buffer, envelope.namespace);
    if (name === undefined) {
      this.normalise(buffer, start, end);
      return;
    }
    const route = this.findRoute(namespace === undefined ? { name } : { name, namespace });
    const result = spliceRecord(this.out, buffer, start, end, envelope, route, isNormal);
    if (result === 'undecided') {
      this.normalise(buffer, start, end);
      return;
    }
    this.count(route, end - start + 1);
    if (result === 'written') {
      this.appendText('\n');
    } else {
      route.filtered += 1;
      route.filteredSinceState += 1;
    }
  }

  /** A record in an odd form is brought into a plain one and taken again; one without a stream is dropped. */
  private normalise(buffer: Buffer, start: number, end: number): void {
    const plain = normaliseOrRefuse(buffer.toString('utf8', start, end));
    const envelope = plain === undefined ? undefined : scanEnvelope(plain, 0, plain.length);
    if (plain !== undefined && envelope?.stream !== undefined) this.recordLine(plain, 0, plain.length, envelope, true);
    else this.parsedMessage(buffer, start, end);
  }

  private stateLine(buffer: Buffer, start: number, end: number): void {
    this.messages += 1;
    if (!isUtf8(buffer.subarray(start, end))) {
      throw new SystemError('The source sent a STATE that cannot be read: it is not valid UTF-8.', {
        code: 'STATE_INVALID',
      });
    }
    this.appendText(this.listener.state(buffer.toString('utf8', start, end)));
  }

  /** A line that the walk did not follow: odd JSON, or none. */
  private unfollowedLine(buffer: Buffer, start: number, end: number): void {
    const text = buffer.toString('utf8', start, end);
    const type = typeOf(text);
    if (type === 'RECORD') {
      this.normalise(buffer, start, end);
    } else if (type === 'STATE') {
      this.stateLine(buffer, start, end);
    } else if (type !== undefined) {
      this.parsedMessage(buffer, start, end);
    } else {
      refuseBroken(text);
      if (text.trim() !== '') this.listener.garbage(text.slice(0, GARBAGE_LENGTH));
    }
  }

  private parsedMessage(buffer: Buffer, start: number, end: number): void {
    const text = buffer.toString('utf8', start, end);
    const message = decodeMessage(text);
    if (message === undefined) this.listener.garbage(text.slice(0, GARBAGE_LENGTH));
    else this.listener.message(message);
  }

  private findRoute(stream: StreamDescriptor): StreamRoute {
    const route = this.routes.find(stream);
    if (route !== undefined) return route;
    const message = `The source sent a record of stream "${streamLabel(stream)}", which is not in its catalog.`;
    throw new SystemError(message, { code: 'RECORD_UNKNOWN_STREAM', stream });
  }

  private count(route: StreamRoute, bytes: number): void {
    this.messages += 1;
    route.records += 1;
    route.bytes += bytes;
  }

  private appendText(text: string): void {
    const bytes = Buffer.from(text);
    this.out.append(bytes, 0, bytes.length);
  }
}

const NAMESPACE_KEY = Buffer.from('"namespace"');
const EMPTY_NAMESPACE = Buffer.from('"namespace":""');

/**
 * Whether a namespace stands behind the head, too: the last one counts, so the head alone does not tell it. Of records
 * that are forwarded as they are, those with an empty one right behind the head are taken apart: it means none.
 */
function namesNamespaceAgain(buffer: Buffer, from: number, end: number, route: StreamRoute): boolean {
  if (route.isUnchanged) return isAt(buffer, from, end, EMPTY_NAMESPACE);
  return buffer.subarray(from, end).includes(NAMESPACE_KEY);
}

function typeOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && typeof value['type'] === 'string' ? value['type'] : undefined;
  } catch {
    return undefined;
  }
}

function normaliseOrRefuse(text: string): Buffer | undefined {
  try {
    return normaliseRecord(text);
  } catch (error) {
    throw new SystemError('The source sent a record that is not valid JSON.', {
      code: 'RECORD_NOT_JSON',
      internalMessage: error instanceof SyntaxError ? error.message : 'nested too deeply',
    });
  }
}

/** A broken line that was meant as a record is lost data, not a log line; a lost state makes the next run send rows again. */
function refuseBroken(text: string): void {
  const opening = text.slice(0, 200).replaceAll(/\s/g, '');
  if (!opening.startsWith('{')) return;
  if (opening.includes('"RECORD"')) {
    throw new SystemError('The source sent a record that is not valid JSON.', { code: 'RECORD_NOT_JSON' });
  }
  if (opening.includes('"type":"STATE"')) {
    throw new SystemError('The source sent a STATE that cannot be read: it is not valid JSON.', {
      code: 'STATE_INVALID',
    });
  }
}
