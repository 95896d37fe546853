import type { Span } from '@cuttle/protocol';
import { backOverNested, backOverSpace, backOverString, isNumberByte, isSpace } from './byte-walk.js';

/**
 * The two ends of a RECORD line: what stands before its data, read forward, and what stands behind it, read backward.
 * The data between them is not looked at, so its size costs nothing and its content cannot mislead: each byte that is
 * read belongs to a token whose place follows from the beginning or the end of the line.
 *
 * Only members that senders write are followed, in any order and with any white space; other lines are left to a walk
 * over the whole. The answer depends on the bytes of the line alone. What is broken inside the data, its reader finds.
 */

/** Members of a line and of its `record` that one end holds, by key. */
type EndMembers = ReadonlyMap<string, Span>;

/** What stands before the data. */
export interface RecordHead {
  readonly members: EndMembers;
  /** Where the data's opening brace stands. */
  readonly data: number;
}

/** What stands behind the data. */
export interface RecordTail {
  readonly members: EndMembers;
  /** Just behind the data's closing brace; behind that of an object of an unknown member, if there is one. */
  readonly data: number;
  /** Where the brace stands that closes `record`. */
  readonly close: number;
}

const OUTER_KEYS: ReadonlySet<string> = new Set(['type']);
const INNER_KEYS: ReadonlySet<string> = new Set(['stream', 'namespace', 'emitted_at', 'meta']);
/** Members of a change in `meta`. */
const CHANGE_KEYS: ReadonlySet<string> = new Set(['field', 'change', 'reason']);
const RECORD_TYPE = '"RECORD"';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Reads `buffer[start, end)` up to its data; undefined for what is not followed. */
export function readHead(buffer: Buffer, start: number, end: number): RecordHead | undefined {
  const members = new Map<string, Span>();
  let keys = OUTER_KEYS;
  let at = overSpace(buffer, start, end);
  if (buffer[at] !== OPEN_BRACE) return undefined;
  for (;;) {
    const keyStart = overSpace(buffer, at + 1, end);
    const keyEnd = scalarEnd(buffer, keyStart, end);
    at = overSpace(buffer, keyEnd, end);
    if (buffer[keyStart] !== QUOTE || buffer[at] !== COLON) return undefined;
    const key = buffer.toString('latin1', keyStart + 1, keyEnd - 1);
    at = overSpace(buffer, at + 1, end);
    const isInner = keys === INNER_KEYS;
    if (key === (isInner ? 'data' : 'record')) {
      if (buffer[at] !== OPEN_BRACE) return undefined;
      if (isInner) return { members, data: at };
      keys = INNER_KEYS;
      continue;
    }
    const value = { start: at, end: scalarEnd(buffer, at, end) };
    if (!keys.has(key) || members.has(key) || !isExpected(buffer, key, value)) return undefined;
    members.set(key, value);
    at = overSpace(buffer, value.end, end);
    if (buffer[at] !== COMMA) return undefined;
  }
}

/** Reads back from `end` to the data that begins at `floor`; undefined for what is not followed. */
export function readTail(buffer: Buffer, floor: number, end: number): RecordTail | undefined {
  const members = new Map<string, Span>();
  let keys = OUTER_KEYS;
  let close = -1;
  let at = backOverSpace(buffer, end, floor);
  if (buffer[at - 1] !== CLOSE_BRACE) return undefined;
  for (;;) {
    const valueEnd = backOverSpace(buffer, at - 1, floor);
    const isObject = buffer[valueEnd - 1] === CLOSE_BRACE;
    if (isObject && keys === OUTER_KEYS) {
      keys = INNER_KEYS;
      close = valueEnd - 1;
      at = valueEnd;
      continue;
    }
    if (isObject && !mayEndMeta(buffer, valueEnd, floor)) return { members, data: valueEnd, close };
    const start = isObject ? backOverNested(buffer, valueEnd, floor) : scalarStart(buffer, valueEnd, floor);
    const keyStart = start <= floor ? -1 : keyBefore(buffer, start, floor);
    const key = keyStart < 0 ? '' : textAt(buffer, keyStart);
    if (isObject && key !== 'meta') return { members, data: valueEnd, close };
    const value = { start, end: valueEnd };
    if (!keys.has(key) || members.has(key) || !isExpected(buffer, key, value)) return undefined;
    members.set(key, value);
    at = backOverSpace(buffer, keyStart, floor);
    if (buffer[at - 1] !== COMMA) return undefined;
  }
}

/**
 * Whether the object that ends before `end` may be `meta`, by its last bytes: `{}`, `{"changes":[]}` or a list of changes.
 * Any other object is taken for the data.
 */
export function mayEndMeta(buffer: Buffer, end: number, floor: number): boolean {
  const inner = backOverSpace(buffer, end - 1, floor);
  if (buffer[inner - 1] === OPEN_BRACE) return isKeyBefore(buffer, inner - 1, floor, 'meta');
  if (buffer[inner - 1] !== CLOSE_BRACKET) return false;
  const list = backOverSpace(buffer, inner - 1, floor);
  if (buffer[list - 1] === OPEN_BRACKET) return isKeyBefore(buffer, list - 1, floor, 'changes');
  if (buffer[list - 1] !== CLOSE_BRACE) return false;
  const value = scalarStart(buffer, backOverSpace(buffer, list - 1, floor), floor);
  const key = value < 0 ? -1 : keyBefore(buffer, value, floor);
  return key >= 0 && CHANGE_KEYS.has(textAt(buffer, key));
}

function isKeyBefore(buffer: Buffer, value: number, floor: number, key: string): boolean {
  const start = keyBefore(buffer, value, floor);
  return start >= 0 && textAt(buffer, start) === key;
}

/** Where the key of the value at `value` begins, or -1. */
function keyBefore(buffer: Buffer, value: number, floor: number): number {
  const colon = backOverSpace(buffer, value, floor);
  if (buffer[colon - 1] !== COLON) return -1;
  const keyEnd = backOverSpace(buffer, colon - 1, floor);
  return buffer[keyEnd - 1] === QUOTE ? backOverString(buffer, keyEnd, floor) : -1;
}

/** The bytes between the quote at `start` and the next. */
function textAt(buffer: Buffer, start: number): string {
  return buffer.toString('latin1', start + 1, buffer.indexOf(QUOTE, start + 1));
}

function isExpected(buffer: Buffer, key: string, { start, end }: Span): boolean {
  const first = buffer[start];
  const isNull = end - start === 4 && first === 0x6e;
  switch (key) {
    case 'type':
      return buffer.toString('latin1', start, end) === RECORD_TYPE;
    case 'stream':
      return first === QUOTE;
    case 'namespace':
      return first === QUOTE || isNull;
    case 'emitted_at':
      return isNull || isNumberByte(first);
    default:
      return isNull || first === OPEN_BRACE;
  }
}

function overSpace(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(buffer[at])) at += 1;
  return at;
}

/** Index behind the string, number or word that begins at `start`; `start` when there is none, `end` when it is cut off. */
function scalarEnd(buffer: Buffer, start: number, end: number): number {
  let at = start;
  if (buffer[at] !== QUOTE) {
    while (at < end && isWordByte(buffer[at])) at += 1;
    return at;
  }
  for (at += 1; at < end && buffer[at] !== QUOTE; at += 1) if (buffer[at] === BACKSLASH) at += 1;
  return Math.min(at + 1, end);
}

/** Start of the string, number or word that ends before `end`, or -1. */
function scalarStart(buffer: Buffer, end: number, floor: number): number {
  if (buffer[end - 1] === QUOTE) return backOverString(buffer, end, floor);
  let at = end;
  while (at > floor && isWordByte(buffer[at - 1])) at -= 1;
  return at < end ? at : -1;
}

/** Bytes of numbers and of `null`, `true`, `false`. */
function isWordByte(byte: number | undefined): boolean {
  return isNumberByte(byte) || (byte !== undefined && byte >= 0x61 && byte <= 0x7a);
}
