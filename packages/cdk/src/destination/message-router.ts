import {
  type ConfiguredCatalog,
  isJsonObject,
  type JsonObject,
  namespaceOf,
  type Span,
  type StateMessage,
  type StreamStatus,
  SystemError,
  scanEnvelope,
  streamKey,
  streamLabel,
  textOf,
} from '@cuttle/protocol';
import { RecordForms } from './record-forms.js';

/** A STATE as it came in. */
export interface StateLine {
  readonly state: StateMessage;
  /** The whole line, without its newline: what is echoed. */
  readonly text: Buffer;
  /** Input line, from 1. */
  readonly line: number;
}

/** A RECORD line in place: only valid during the call. */
export interface RecordLine {
  readonly buffer: Buffer;
  start: number;
  end: number;
  /** Where the record's data begins (its content runs at most to `end`); the same bytes give the same span. */
  dataStart: number;
  dataEnd: number;
  /** Input line, from 1. */
  line: number;
}

/** What a destination does with its input. Streams are named by their place in the configured catalog. */
export interface MessageSink {
  record(stream: number, line: RecordLine): void;
  state(line: StateLine): void;
  status(stream: number, status: StreamStatus, line: number): void;
  /** A line for the user: an unknown message type, a status of an unknown stream. */
  warn(message: string): void;
}

/**
 * Reads what each line is and hands it on. Records are recognized by the bytes at both ends, in every order of keys; odd
 * ones are walked; what cannot be walked is parsed, which tells broken JSON from odd JSON.
 */
export class MessageRouter {
  readonly #sink: MessageSink;
  readonly #byKey = new Map<string, number>();
  /** Names that streams of several namespaces share. */
  readonly #sharedNames = new Set<string>();
  readonly #forms = new RecordForms((buffer, name, namespace) => this.#find(buffer, name, namespace));
  readonly #labels: readonly string[];
  readonly #complete = new Set<number>();
  readonly #unknownTypes = new Set<string>();

  constructor(catalog: ConfiguredCatalog, sink: MessageSink) {
    this.#sink = sink;
    this.#labels = catalog.streams.map(({ stream }) => streamLabel(stream));
    const names = new Set<string>();
    for (const [index, { stream }] of catalog.streams.entries()) {
      this.#byKey.set(streamKey(stream), index);
      if (names.has(stream.name)) this.#sharedNames.add(stream.name);
      names.add(stream.name);
    }
  }

  /** @throws {SystemError} naming the line, and the stream where it is known */
  route(buffer: Buffer, start: number, end: number, line: number): void {
    const record: RecordLine = { buffer, start, end, dataStart: 0, dataEnd: 0, line };
    const stream = this.#forms.match(record);
    if (stream >= 0) this.#record(stream, record);
    else this.#routeSlowly(record);
  }

  #record(stream: number, record: RecordLine): void {
    if (this.#complete.has(stream)) {
      throw inputError(record.line, `a record of stream "${this.#labels[stream]}" after its COMPLETE status`);
    }
    this.#sink.record(stream, record);
  }

  /** Place of the stream that the ends of a line name, or -1. A shared name without a namespace is left to the walk. */
  #find(buffer: Buffer, nameSpan: Span, namespaceSpan: Span | undefined): number {
    const name = textOf(buffer, nameSpan);
    if (name === undefined || (namespaceSpan === undefined && this.#sharedNames.has(name))) return -1;
    const namespace = namespaceSpan === undefined ? undefined : textOf(buffer, namespaceSpan);
    return this.#byKey.get(streamKey({ name, namespace: namespace ?? null })) ?? -1;
  }

  #routeSlowly(record: RecordLine): void {
    const { buffer, start, end, line } = record;
    const envelope = scanEnvelope(buffer, start, end);
    if (envelope?.type === 'RECORD') {
      const name = envelope.stream === undefined ? undefined : textOf(buffer, envelope.stream);
      const namespace = envelope.namespace === undefined ? undefined : textOf(buffer, envelope.namespace);
      if (name === undefined || envelope.data === undefined) throw inputError(line, 'a record without stream or data');
      record.dataStart = envelope.data.start;
      record.dataEnd = envelope.data.end;
      return this.#record(this.#streamOf(name, namespace, line), record);
    }
    const text = buffer.toString('utf8', start, end);
    const message = parseLine(text, line);
    if (message['type'] === 'RECORD') return this.#routeParsedRecord(message, record);
    this.#routeControl(message, Buffer.from(text), line);
  }

  /** A record that the walk does not follow, for instance one with escaped envelope keys: the whole line is its data. */
  #routeParsedRecord(message: { readonly [key: string]: unknown }, record: RecordLine): void {
    const body = message['record'];
    if (!isJsonObject(body) || typeof body['stream'] !== 'string' || !isJsonObject(body['data'])) {
      throw inputError(record.line, 'a record without stream or data');
    }
    record.dataStart = record.start;
    record.dataEnd = record.end;
    this.#record(this.#streamOf(body['stream'], namespaceOf(body), record.line), record);
  }

  #streamOf(name: string, namespace: string | undefined, line: number): number {
    const descriptor = { name, namespace: namespace ?? null };
    const stream = this.#byKey.get(streamKey(descriptor));
    if (stream === undefined) {
      throw inputError(line, `a record of stream "${streamLabel(descriptor)}", which is not in the catalog`);
    }
    return stream;
  }

  #routeControl(message: { readonly [key: string]: unknown }, text: Buffer, line: number): void {
    if (message['type'] === 'STATE' && isJsonObject(message['state'])) {
      this.#sink.state({ state: withoutNulls(message['state']), text, line });
    } else if (message['type'] === 'TRACE') {
      this.#routeTrace(message['trace'], line);
    } else if (message['type'] !== 'LOG' && message['type'] !== 'CONTROL') {
      this.#ignore(String(message['type']).slice(0, 40));
    }
  }

  #routeTrace(trace: unknown, line: number): void {
    const status = isJsonObject(trace) ? trace['stream_status'] : undefined;
    if (!isJsonObject(status) || !isJsonObject(status['stream_descriptor'])) return;
    const { name } = status['stream_descriptor'];
    if (typeof name !== 'string') return;
    const descriptor = { name, namespace: namespaceOf(status['stream_descriptor']) ?? null };
    const stream = this.#byKey.get(streamKey(descriptor));
    if (stream === undefined) {
      return this.#sink.warn(`Ignored the status of stream "${streamLabel(descriptor)}", which is not in the catalog.`);
    }
    if (status['status'] === 'COMPLETE') this.#complete.add(stream);
    this.#sink.status(stream, status['status'] as StreamStatus, line);
  }

  #ignore(type: string): void {
    if (this.#unknownTypes.has(type)) return;
    this.#unknownTypes.add(type);
    this.#sink.warn(`Ignored messages of the unknown type "${type}".`);
  }
}

function parseLine(text: string, line: number): { readonly [key: string]: unknown } {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw inputError(line, 'text that is not JSON or is cut off');
  }
  if (!isJsonObject(message) || typeof message['type'] !== 'string') {
    throw inputError(line, 'JSON that is no protocol message');
  }
  return message;
}

/** The error for an input line that ends the sync. It never holds the line's content. */
export function inputError(line: number, what: string): SystemError {
  return new SystemError(
    `Input line ${line} is ${what}. The sync stops here; what was acknowledged before it stays loaded.`,
    { code: 'INPUT_INVALID' },
  );
}

/** Clients whose messages are objects of fixed fields, such as PyAirbyte, write what a state does not have as null. */
function withoutNulls(state: JsonObject): StateMessage {
  const parts = Object.entries(state).filter(([name, value]) => value !== null || name === 'data');
  return Object.fromEntries(parts) as StateMessage;
}
