import { RECORD_END } from '@cuttle/protocol';
import type { RawPage, RecordData } from './page.js';
import { hasKey, missingKey, type RecordTarget, rejectedRecord } from './record-target.js';

/** Characters or bytes after which a chunk is handed over, so that a huge page never becomes one huge string. */
const CHUNK_SIZE = 512 * 1024;
const LINE_END = `${RECORD_END}\n`;
const OPEN_BRACE = 0x7b;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/**
 * RECORD lines of an object page in chunks of whole lines. `head` is everything before the data.
 *
 * @throws {SystemError} `RECORD_REJECTED` for a record that the platform would drop or reject
 */
export function* encodeObjects(target: RecordTarget, head: string, records: readonly RecordData[]): Generator<string> {
  const checksKey = target.keys.length > 0;
  let text = '';
  for (const record of records) {
    const json = stringify(target, record);
    if (checksKey && !hasKey(record, target.keys)) throw missingKey(target);
    text += head + json + LINE_END;
    if (text.length >= CHUNK_SIZE) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

function stringify(target: RecordTarget, record: RecordData): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(record);
  } catch (error) {
    throw rejectedRecord(target, `it is not JSON (${error instanceof Error ? error.message : 'unknown'})`);
  }
  if (json === undefined || json.length <= 2 || json.charCodeAt(0) !== OPEN_BRACE) {
    throw rejectedRecord(target, 'its data must be an object that is not empty');
  }
  return json;
}

/**
 * RECORD lines of a text page in chunks of whole lines.
 *
 * @throws {SystemError} `RECORD_REJECTED` for a record that the platform would drop or reject
 */
export function* encodeTexts(target: RecordTarget, head: string, texts: readonly string[]): Generator<string> {
  const tests = target.keys.map(textKeyTest);
  let chunk = '';
  for (const text of texts) {
    if (text.length <= 2 || text.charCodeAt(0) !== OPEN_BRACE) {
      throw rejectedRecord(target, 'its data must be an object that is not empty');
    }
    if (tests.length > 0 && !tests.some((test) => test(text)) && !hasKey(JSON.parse(text), target.keys)) {
      throw missingKey(target);
    }
    chunk += head + text + LINE_END;
    if (chunk.length >= CHUNK_SIZE) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/**
 * A test that is true only if the text surely has a value under a top-level key. It looks before the first nested
 * object or list, so keys that stand early cost two searches; for the rest the caller parses the record.
 */
function textKeyTest(path: readonly string[]): (text: string) => boolean {
  if (path.length !== 1) return () => false;
  const token = `${JSON.stringify(path[0])}:`;
  return (text) => {
    const at = text.indexOf(token, 1);
    if (at < 0 || text.charAt(at - 1) === '\\' || text.startsWith('null', at + token.length)) return false;
    if (at === 1) return true;
    const before = text.slice(1, at);
    return !before.includes('{') && !before.includes('[');
  };
}

/**
 * RECORD lines of a raw page in chunks of whole lines; the bytes of the records are copied, line breaks between their
 * tokens become spaces.
 *
 * @throws {SystemError} `RECORD_REJECTED` for a record that the platform would drop or reject
 */
export function* encodeRaw(target: RecordTarget, head: string, page: RawPage): Generator<Buffer> {
  const prefix = Buffer.from(head);
  // What stands between two records, so that each costs two copies.
  const between = Buffer.from(LINE_END + head);
  const suffixLength = between.length - prefix.length;
  const { bytes, bounds } = page;
  const hasBreaks = bytes.includes(NEWLINE) || bytes.includes(CARRIAGE_RETURN);
  const hasRecordKey = target.keys.length > 0 ? rawKeyTest(target) : undefined;
  for (let first = 0; first < bounds.length; ) {
    const last = chunkEnd(bounds, first);
    const size = bounds[last - 1]! - bounds[first]! + ((last - first) / 2) * between.length;
    const out = Buffer.allocUnsafe(size);
    let at = prefix.copy(out);
    for (let index = first; index < last; index += 2) {
      const start = bounds[index]!;
      const end = bounds[index + 1]!;
      if (end - start <= 2 || bytes[start] !== OPEN_BRACE) {
        throw rejectedRecord(target, 'its data must be an object that is not empty');
      }
      if (hasRecordKey !== undefined && !hasRecordKey(bytes, start, end)) throw missingKey(target);
      const data = at;
      at += bytes.copy(out, at, start, end);
      if (hasBreaks) blankBreaks(out, data, at);
      // Behind the last record only the end of its line has room or is wanted.
      at += between.copy(out, at, 0, index + 2 < last ? between.length : suffixLength);
    }
    yield out.subarray(0, at);
    first = last;
  }
}

/** Index behind the last bound of a chunk that begins at bound `first`. */
function chunkEnd(bounds: readonly number[], first: number): number {
  const limit = bounds[first]! + CHUNK_SIZE;
  let last = first + 2;
  while (last < bounds.length && bounds[last + 1]! <= limit) last += 2;
  return last;
}

function rawKeyTest(target: RecordTarget): (bytes: Buffer, start: number, end: number) => boolean {
  const first = target.keys[0]!;
  const leading = first.length === 1 ? Buffer.from(`{${JSON.stringify(first[0])}:`) : undefined;
  return (bytes, start, end) => {
    // The usual case costs a few byte compares: the key stands first and does not begin like `null`.
    if (leading !== undefined && startsWith(bytes, start, leading) && isValueStart(bytes[start + leading.length])) {
      return true;
    }
    return hasKey(JSON.parse(bytes.toString('utf8', start, end)), target.keys);
  };
}

function startsWith(bytes: Buffer, start: number, part: Buffer): boolean {
  for (let index = 0; index < part.length; index += 1) if (bytes[start + index] !== part[index]) return false;
  return true;
}

/** Whether a byte begins a JSON value that is not `null`: a quote, a digit or a minus. */
function isValueStart(byte: number | undefined): boolean {
  return byte === 0x22 || byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39);
}

function blankBreaks(out: Buffer, start: number, end: number): void {
  for (let at = start; at < end; at += 1) if (out[at] === NEWLINE || out[at] === CARRIAGE_RETURN) out[at] = SPACE;
}
