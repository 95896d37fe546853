import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { inputError } from '@cuttle/airbyte-cdk';
import {
  type LosslessObject,
  type LosslessValue,
  type MetaChange,
  parseLossless,
  stringifyLossless,
} from '@cuttle/protocol';
import { inputLineOf, readChunks, type Segment } from './segment.js';

/**
 * The few lines that the native reader would refuse or change: they are taken apart here one by one, and end in the
 * table or in a counted rejection.
 */

/** A segment after the slow lane, and the places of the records that cannot be loaded. */
export interface Repaired {
  readonly segment: Segment;
  /** Indexes in the segment that was repaired. */
  readonly rejected: readonly number[];
}

const NEWLINE = 0x0a;
/** What a byte that is not UTF-8 becomes. */
const REPLACEMENT = '\ufffd';

/**
 * The segment in a form that the reader takes: equal keys made one (the last wins), lone surrogates replaced by U+FFFD
 * and noted as TRUNCATED, numbers as they were. Records whose data is no object are rejected.
 *
 * @throws {SystemError} `INPUT_INVALID` with the input line, for a line that is not JSON
 */
export function repairSegment(segment: Segment): Repaired {
  return rewrite(segment, (line, index) => {
    const message = parsed(line, inputLineOf(segment, index));
    const record = message instanceof Map ? message.get('record') : undefined;
    const data = record instanceof Map ? record.get('data') : undefined;
    if (!(record instanceof Map) || !(data instanceof Map)) return undefined;
    const isBroken = !isUtf8(line);
    const changes: MetaChange[] = [];
    for (const [field, value] of data) {
      const [sound, changed] = wellFormed(value, isBroken);
      data.set(field, sound);
      if (changed) changes.push({ field, change: 'TRUNCATED', reason: 'DESTINATION_SERIALIZATION_ERROR' });
    }
    if (changes.length > 0) addChanges(record, changes);
    return Buffer.from(stringifyLossless(message));
  });
}

/** The segment without some of its records, in place or as another file. */
export function withoutRecords(segment: Segment, rejected: ReadonlySet<number>, path = segment.path): Repaired {
  return rewrite(segment, (line, index) => (rejected.has(index) ? undefined : line), path);
}

/** Bytes that are not UTF-8 become U+FFFD here; in a text that is a change like any other. */
function parsed(line: Buffer, inputLine: number): LosslessValue {
  try {
    return parseLossless(line.toString('utf8'));
  } catch {
    throw inputError(inputLine, 'text that is not JSON or is cut off');
  }
}

/** @param isBroken the line was not UTF-8, so that U+FFFD may stand for what was */
function wellFormed(value: LosslessValue, isBroken: boolean): [LosslessValue, boolean] {
  if (typeof value === 'string') {
    return value.isWellFormed() ? [value, isBroken && value.includes(REPLACEMENT)] : [value.toWellFormed(), true];
  }
  if (Array.isArray(value)) {
    const parts = value.map((part) => wellFormed(part, isBroken));
    return [parts.map(([part]) => part), parts.some(([, changed]) => changed)];
  }
  if (!(value instanceof Map)) return [value, false];
  let changed = false;
  const result = new Map<string, LosslessValue>();
  for (const [key, member] of value) {
    const [sound, memberChanged] = wellFormed(member, isBroken);
    changed ||= memberChanged || !key.isWellFormed() || (isBroken && key.includes(REPLACEMENT));
    result.set(key.toWellFormed(), sound);
  }
  return [result, changed];
}

/** Appends changes to `record.meta.changes`. */
function addChanges(record: LosslessObject, changes: readonly MetaChange[]): void {
  const meta = record.get('meta');
  const known = meta instanceof Map ? meta.get('changes') : undefined;
  const added = changes.map((change): LosslessObject => new Map(Object.entries(change)));
  const next: LosslessObject = meta instanceof Map ? meta : new Map();
  next.set('changes', [...(Array.isArray(known) ? known : []), ...added]);
  record.set('meta', next);
}

const OUTPUT_BYTES = 1024 * 1024;

/** Writes the segment anew, line by line, to `path`; by default in place of the old file. */
function rewrite(
  segment: Segment,
  change: (line: Buffer, index: number) => Buffer | undefined,
  path = segment.path,
): Repaired {
  const output = new SegmentOutput(`${path}.new`);
  const rejected: number[] = [];
  let index = 0;
  try {
    for (const line of linesOf(segment)) {
      const changed = change(line, index);
      if (changed === undefined) rejected.push(index);
      else output.add(changed, inputLineOf(segment, index));
      index += 1;
    }
  } finally {
    output.close();
  }
  fs.renameSync(`${path}.new`, path);
  return { segment: output.segment(path, segment.carries), rejected };
}

/** A segment that is written line by line. */
class SegmentOutput {
  readonly #file: number;
  readonly #lines: number[] = [];
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #bytes = 0;
  #records = 0;
  #checksum = 0;
  #longestLine = 0;
  #nextLine = -1;

  constructor(path: string) {
    this.#file = fs.openSync(path, 'wx', 0o600);
  }

  add(line: Buffer, inputLine: number): void {
    if (inputLine !== this.#nextLine) this.#lines.push(this.#records, inputLine);
    this.#nextLine = inputLine + 1;
    this.#records += 1;
    this.#longestLine = Math.max(this.#longestLine, line.length + 1);
    // The line is only valid until the next is read.
    this.#pending.push(Buffer.from(line), Buffer.from('\n'));
    this.#pendingBytes += line.length + 1;
    if (this.#pendingBytes >= OUTPUT_BYTES) this.#flush();
  }

  close(): void {
    this.#flush();
    fs.closeSync(this.#file);
  }

  segment(path: string, carries: boolean): Segment {
    return {
      path,
      bytes: this.#bytes,
      records: this.#records,
      checksum: this.#checksum,
      longestLine: this.#longestLine,
      carries,
      lines: this.#lines,
    };
  }

  #flush(): void {
    const content = Buffer.concat(this.#pending, this.#pendingBytes);
    for (let at = 0; at < content.length; ) at += fs.writeSync(this.#file, content, at);
    this.#checksum = zlib.crc32(content, this.#checksum);
    this.#bytes += content.length;
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

/** Lines of a segment without their newlines, each valid until the next. */
function* linesOf(segment: Segment): Generator<Buffer> {
  let carried: Buffer[] = [];
  for (const chunk of readChunks(segment.path, 0, segment.bytes)) {
    let from = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, from)) {
      const part = chunk.subarray(from, newline);
      yield carried.length === 0 ? part : Buffer.concat([...carried, part]);
      carried = [];
      from = newline + 1;
    }
    if (from < chunk.length) carried.push(Buffer.from(chunk.subarray(from)));
  }
}
