import type { RecordLine } from '@cuttle/airbyte-cdk';
import { type ConfiguredStream, isJsonObject, parseLossless, streamLabel, stringifyLossless } from '@cuttle/protocol';

/** Lines that the native reader would take for something else than they are, put into a form in which it does not. */

const OPEN_BRACE = 0x7b;

/** A line that no reader takes: it is left out and counted like any other record that cannot be read. */
const UNREADABLE = Buffer.from('{"type":"RECORD","record":{"emitted_at":"","data":null}}');

/** Whether the name of a stream, or of one of its fields, holds a lone surrogate, which no UTF-8 can. */
export function hasOddNames({ stream }: ConfiguredStream): boolean {
  const properties = stream.json_schema['properties'];
  const names = [streamLabel(stream), ...Object.keys(isJsonObject(properties) ? properties : {})];
  return !names.every((name) => name.isWellFormed());
}

/** The line as it is, unless its data is no object: the reader would make a row of nulls of `null`. One byte tells. */
export function readable(line: RecordLine): RecordLine {
  const { buffer, dataStart, dataEnd } = line;
  let at = dataStart;
  while (at < dataEnd && (buffer[at] as number) <= 0x20) at += 1;
  return buffer[at] === OPEN_BRACE ? line : whole(UNREADABLE, line.line);
}

/**
 * The line of a stream whose name or whose fields' names hold lone surrogates, for which the reader would refuse it:
 * without the stream's name, and with fields named as their columns are looked up.
 */
export function withSoundNames(line: RecordLine): RecordLine {
  const message = parseLossless(line.buffer.toString('utf8', line.start, line.end));
  const record = message instanceof Map ? message.get('record') : undefined;
  const data = record instanceof Map ? record.get('data') : undefined;
  if (!(record instanceof Map) || !(data instanceof Map)) return whole(UNREADABLE, line.line);
  for (const name of ['stream', 'namespace']) record.delete(name);
  record.set('data', new Map([...data].map(([name, value]) => [name.toWellFormed(), value])));
  return whole(Buffer.from(stringifyLossless(message)), line.line);
}

function whole(buffer: Buffer, line: number): RecordLine {
  return { buffer, start: 0, end: buffer.length, dataStart: 0, dataEnd: buffer.length, line };
}
