import { namespaceOf } from './catalog.js';
import type {
  AirbyteMessage,
  ErrorTrace,
  LogLevel,
  MetaChange,
  StateMessage,
  StateStats,
  StreamDescriptor,
  StreamStatus,
  StreamStatusReason,
} from './message.js';

/** One protocol message as a line of JSON, without the newline. Counts of a STATE are written as decimals. */
export function encodeMessage(message: AirbyteMessage): string {
  return message.type === 'STATE' ? encodeState(message.state) : JSON.stringify(message);
}

/**
 * The text before and after `emitted_at` of every RECORD of a stream, so that a record is
 * `prefix.head + emitted_at + prefix.tail + JSON of data + RECORD_END`.
 */
export interface RecordPrefix {
  readonly head: string;
  readonly tail: string;
}

/** Closes a RECORD line that was opened by a {@link RecordPrefix}; without the newline. */
export const RECORD_END = '}}';

/** The constant envelope of a stream's records. Readers find it as fast in every order. */
export function recordPrefix(stream: StreamDescriptor): RecordPrefix {
  return { head: `${recordHead(stream)},"emitted_at":`, tail: ',"data":' };
}

/** The `meta` of RECORD lines, for between prefix and data: `,"meta":{"changes":[...]}`. */
export function recordMeta(changes: readonly MetaChange[]): string {
  return `,"meta":${JSON.stringify({ changes })}`;
}

/**
 * How every RECORD line that our writers make for a stream begins: `{"type":"RECORD","record":{"stream":...`. Decoded
 * catalogs have no empty namespace; one that is given is written.
 */
export function recordHead(stream: StreamDescriptor): string {
  const namespace = stream.namespace == null ? '' : `,"namespace":${JSON.stringify(stream.namespace)}`;
  return `{"type":"RECORD","record":{"stream":${JSON.stringify(stream.name)}${namespace}`;
}

/**
 * A STATE line without the newline. `recordCount` is written with a decimal point, as the protocol's doubles demand.
 * Unknown fields of the state are kept; counts that are null are left out.
 */
export function encodeState(state: StateMessage): string {
  const { sourceStats, destinationStats, ...rest } = state;
  const parts = [JSON.stringify(rest).slice(1, -1)];
  if (sourceStats != null) parts.push(`"sourceStats":${encodeStats(sourceStats)}`);
  if (destinationStats != null) parts.push(`"destinationStats":${encodeStats(destinationStats)}`);
  return `{"type":"STATE","state":{${parts.filter((part) => part !== '').join(',')}}}`;
}

/** Record counts as JSON with decimal points: `{"recordCount":3.0}`. */
export function encodeStats(stats: StateStats): string {
  const parts: string[] = [];
  if (stats.recordCount != null) parts.push(`"recordCount":${encodeDouble(stats.recordCount)}`);
  if (stats.rejectedRecordCount != null) {
    parts.push(`"rejectedRecordCount":${encodeDouble(stats.rejectedRecordCount)}`);
  }
  return `{${parts.join(',')}}`;
}

function encodeDouble(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : JSON.stringify(value);
}

/** A LOG message. */
export function logMessage(level: LogLevel, message: string, stackTrace?: string): AirbyteMessage {
  const trace = stackTrace === undefined ? {} : { stack_trace: stackTrace };
  return { type: 'LOG', log: { level, message, ...trace } };
}

/** An ERROR trace, of a stream by name and namespace alone; `nowMs` is milliseconds since the epoch. */
export function errorTrace(error: ErrorTrace, nowMs: number): AirbyteMessage {
  const { stream_descriptor: stream, ...rest } = error;
  const own = stream === undefined ? rest : { ...rest, stream_descriptor: descriptorOf(stream) };
  return { type: 'TRACE', trace: { type: 'ERROR', emitted_at: nowMs, error: own } };
}

/** A STREAM_STATUS trace; `nowMs` is milliseconds since the epoch. */
export function statusTrace(
  stream: StreamDescriptor,
  status: StreamStatus,
  nowMs: number,
  reasons?: readonly StreamStatusReason[],
): AirbyteMessage {
  const streamStatus = {
    stream_descriptor: descriptorOf(stream),
    status,
    ...(reasons === undefined ? {} : { reasons }),
  };
  return { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: nowMs, stream_status: streamStatus } };
}

/** Name and namespace alone, without a namespace that is null or empty. */
export function descriptorOf(stream: StreamDescriptor): StreamDescriptor {
  const namespace = namespaceOf(stream);
  return namespace === undefined ? { name: stream.name } : { name: stream.name, namespace };
}
