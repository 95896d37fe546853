import { randomBytes } from 'node:crypto';
import type { RecordLine } from '@cuttle/airbyte-cdk';
import {
  type LosslessObject,
  type LosslessValue,
  NumberText,
  parseLossless,
  stringifyLossless,
} from '@cuttle/protocol';
import { findLostDigits, isExact } from './exact-numbers.js';
import { VanishingNumbers } from './vanishing-numbers.js';

/**
 * Numbers with more digits than a double keeps. The engine's JSON reader passes every fraction through a double, so such
 * a number is written to the staging file as a text behind a mark; {@link uncarried} takes the mark off again.
 */

/** Begins a text that was a number. No sender can know it. */
const MARK = `#${randomBytes(6).toString('hex')}:`;
const OPENING = Buffer.from(`"${MARK}`);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

/** What bytes outside of texts mean to the walk; all others are passed over. */
const IS_QUOTE = 1;
const OPENS = 2;
const CLOSES = 3;
const MEANINGS = new Uint8Array(256);
MEANINGS[QUOTE] = IS_QUOTE;
for (const byte of Buffer.from('{[')) MEANINGS[byte] = OPENS;
for (const byte of Buffer.from('}]')) MEANINGS[byte] = CLOSES;

/**
 * SQL of a value as it came: a number, or JSON with numbers inside, without marks.
 *
 * @param raw an expression of the column, repeated
 * @param kind `scalar` where objects and arrays are no values anyway
 */
export function uncarried(raw: string, kind: 'json' | 'text' | 'scalar'): string {
  const inside = `regexp_replace(${raw}, '"${MARK}([^"]*)"', '\\1', 'g')`;
  const number = `when ${isCarried(raw)} then substr(${raw}, ${MARK.length + 1})`;
  if (kind === 'scalar') return `case ${number} else ${raw} end`;
  const mayHold = `contains(${raw}, '${MARK}')`;
  if (kind === 'json') return `case when ${mayHold} then ${inside}::json else ${raw} end`;
  return `case ${number} when (starts_with(${raw}, '{') or starts_with(${raw}, '[')) and ${mayHold} then ${inside} else ${raw} end`;
}

/** SQL of whether a value read as text is a number that was carried. */
export function isCarried(raw: string): string {
  return `starts_with(${raw}, '${MARK}')`;
}

/** A stretch of a line. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Puts numbers that a double cuts into texts while a line is written. A line without one costs a look at some of its
 * bytes; one with, a walk up to it.
 */
export class CarriedNumbers {
  readonly #vanishing = new VanishingNumbers();
  #scratch: Buffer = Buffer.alloc(0);

  /**
   * The line in its new form, valid until the next call; undefined when it stays as it is, which a line of broken JSON
   * does, too.
   */
  carry({ buffer, start, end, dataStart, dataEnd }: RecordLine): Buffer | undefined {
    const first = this.#next(buffer, dataStart, dataEnd);
    if (first < 0) return undefined;
    if (dataStart === start) return carryParsed(buffer.toString('utf8', start, end));
    const numbers = this.#numbers(buffer, dataStart, dataEnd, first);
    return numbers.length === 0 ? undefined : this.#apply(buffer, start, end, numbers);
  }

  /** Where a digit of the next number stands that may be cut; -1 without one. It may be inside of a text. */
  #next(buffer: Buffer, from: number, end: number): number {
    const long = findLostDigits(buffer, from, end);
    const small = this.#vanishing.find(buffer, from, long < 0 ? end : long);
    return small < 0 ? long : small;
  }

  /** The numbers from the candidate `first` on that a double cuts, up to the end of the data at `start`. */
  #numbers(buffer: Buffer, start: number, end: number, first: number): readonly Span[] {
    const numbers: Span[] = [];
    let depth = 0;
    let at = start;
    for (let next = first; next >= 0; next = this.#next(buffer, at, end)) {
      for (; at < next; at += 1) {
        const meaning = MEANINGS[buffer[at] as number];
        if (meaning === 0) continue;
        if (meaning === IS_QUOTE) {
          at = closingQuote(buffer, at + 1, end);
        } else {
          depth += meaning === OPENS ? 1 : -1;
          // What follows is the envelope's.
          if (depth === 0) return numbers;
        }
      }
      if (at > next) continue;
      const number = numberAround(buffer, at, end);
      if (!isExact(buffer.toString('latin1', number.start, number.end))) numbers.push(number);
      at = number.end;
    }
    return numbers;
  }

  #apply(buffer: Buffer, start: number, end: number, numbers: readonly Span[]): Buffer {
    const length = end - start + numbers.length * (OPENING.length + 1);
    if (length > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(length * 2);
    let from = start;
    let to = 0;
    for (const number of numbers) {
      to += buffer.copy(this.#scratch, to, from, number.start);
      to += OPENING.copy(this.#scratch, to);
      to += buffer.copy(this.#scratch, to, number.start, number.end);
      this.#scratch[to] = QUOTE;
      to += 1;
      from = number.end;
    }
    buffer.copy(this.#scratch, to, from, end);
    return this.#scratch.subarray(0, length);
  }
}

/** For lines in odd forms: everything is taken apart and put together again. */
function carryParsed(line: string): Buffer | undefined {
  try {
    const message = parseLossless(line);
    const record = message instanceof Map ? message.get('record') : undefined;
    const data = record instanceof Map ? record.get('data') : undefined;
    if (!(record instanceof Map) || !(data instanceof Map)) return undefined;
    record.set('data', carriedIn(data));
    return Buffer.from(stringifyLossless(message));
  } catch (error) {
    // Broken JSON is the reader's to refuse, with the line's number.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function carriedIn(value: LosslessValue): LosslessValue {
  if (value instanceof NumberText) return isExact(value.text) ? value : MARK + value.text;
  if (Array.isArray(value)) return value.map(carriedIn);
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, member]) => [key, carriedIn(member)])) satisfies LosslessObject;
}

/** Index of the quote that ends the text which begins at `start`; `end` when there is none. */
function closingQuote(buffer: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const byte = buffer[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return end;
}

/** The number of which a byte stands at `place`. */
function numberAround(buffer: Buffer, place: number, bound: number): Span {
  let start = place;
  while (isNumberByte(buffer[start - 1] as number)) start -= 1;
  let end = place + 1;
  while (end < bound && isNumberByte(buffer[end] as number)) end += 1;
  return { start, end };
}

/** Digits, points, exponents and their signs. */
function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte < 0x3a) || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === MINUS
  );
}
