import type { RecordLine } from '@cuttle/airbyte-cdk';
import type { MetaChange } from '@cuttle/protocol';
import type { AirbyteType } from './airbyte-type.js';
import { findLostDigits, isExact, keepsFractions, noteLostDigits } from './exact-numbers.js';
import { wholeDigits } from './rare-forms.js';
import { VanishingNumbers } from './vanishing-numbers.js';

/** Shorter numbers have at most 15 digits, which a double keeps. */
const LONG_NUMBER = 16;
const QUOTE = 0x22;
const MINUS = 0x2d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const EMPTY_META = /"meta"\s*:\s*(?:null|\{\s*(?:"changes"\s*:\s*\[\s*\]\s*)?\})/;
const CHANGE = { change: 'TRUNCATED', reason: 'DESTINATION_SERIALIZATION_ERROR' } as const;

/** What bytes outside of texts mean to the walk; all others are passed over. */
const IS_QUOTE = 1;
const IS_DIGIT = 2;
const IS_COMMA = 3;
const OPENS = 4;
const CLOSES = 5;
const MEANINGS = meanings({ '"': IS_QUOTE, '0123456789': IS_DIGIT, ',': IS_COMMA, '{[': OPENS, '}]': CLOSES });

/** A stretch of a line and what comes in its place. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

/** The key of the top-level field in which a number stands, without quotes. */
interface Key {
  readonly start: number;
  readonly end: number;
  /** The number is the field's value, not inside of it. */
  readonly isTop: boolean;
}

/** What the numbers of a record make of its line. */
interface Found {
  /** Whole numbers written as digits. */
  readonly edits: Edit[];
  /** Texts of the keys whose numbers lose digits, without quotes. */
  readonly fields: string[];
  /** Just behind the data. */
  dataEnd: number;
}

/**
 * Notes in the `meta` of a record which numbers a double cuts, while its line is written. A line without such a number
 * costs a look at some of its bytes; one with, a walk over its data, of which all bytes stay but those of whole numbers.
 */
export class LostDigits {
  readonly #types: ReadonlyMap<string, AirbyteType>;
  readonly #vanishing = new VanishingNumbers();
  #fields = '';
  #meta: Buffer = Buffer.alloc(0);
  #metaText = '';
  #noted: string | undefined;
  #scratch: Buffer = Buffer.alloc(0);

  /** @param types types of the columns by property */
  constructor(types: ReadonlyMap<string, AirbyteType>) {
    this.#types = types;
  }

  /**
   * The line in its new form, valid until the next call; undefined when it stays as it is, which a line of broken JSON
   * does, too.
   */
  note({ buffer, start, end, dataStart, dataEnd }: RecordLine): Buffer | undefined {
    const first = findLostDigits(buffer, dataStart, dataEnd);
    this.#noted = undefined;
    if (first < 0) {
      const vanishes = this.#vanishing.mayBeIn(buffer, dataStart, dataEnd);
      return vanishes ? this.#noteParsed(buffer, start, end) : undefined;
    }
    const found = dataStart === start ? undefined : this.#find(buffer, dataStart, end, first);
    if (found === undefined) return this.#noteParsed(buffer, start, end);
    const { edits, fields } = found;
    if (fields.length === 0 && edits.length === 0) return undefined;
    const meta = fields.length === 0 ? [] : this.#metaEdit(buffer, start, end, dataStart, found);
    return meta === undefined
      ? this.#noteParsed(buffer, start, end)
      : this.#apply(buffer, start, end, [...edits, ...meta]);
  }

  /** Text of the `meta` that the line of the last call has now; undefined when it holds more than what was noted. */
  get meta(): string | undefined {
    return this.#noted;
  }

  /** For lines in odd forms: everything is taken apart and put together again. */
  #noteParsed(buffer: Buffer, start: number, end: number): Buffer | undefined {
    try {
      const noted = noteLostDigits(buffer.toString('utf8', start, end), (property) => this.#types.get(property));
      return noted === undefined ? undefined : Buffer.from(noted);
    } catch (error) {
      // Broken JSON is the reader's to refuse, with the line's number.
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /** The meta in its place, right behind the data unless an empty one is there. Undefined when another is, or may be. */
  #metaEdit(
    buffer: Buffer,
    start: number,
    end: number,
    dataStart: number,
    { fields, dataEnd }: Found,
  ): readonly Edit[] | undefined {
    if (mayHoldMeta(buffer, start, dataStart)) return undefined;
    const bytes = this.#metaOf(fields);
    if (!mayHoldMeta(buffer, dataEnd, end)) return [{ start: dataEnd, end: dataEnd, bytes }];
    const tail = buffer.toString('latin1', dataEnd, end);
    const empty = tail.includes('\\') ? null : EMPTY_META.exec(tail);
    if (empty === null) return undefined;
    const at = dataEnd + empty.index;
    return [{ start: at, end: at + empty[0].length, bytes: bytes.subarray(1) }];
  }

  /** `,"meta":{"changes":[...]}`. Mostly the same fields come again and again. */
  #metaOf(fields: readonly string[]): Buffer {
    const key = fields.join('"');
    if (key !== this.#fields) {
      const changes = fields.map((field): MetaChange => ({ field: propertyOf(field), ...CHANGE }));
      this.#metaText = JSON.stringify({ changes });
      this.#meta = Buffer.from(`,"meta":${this.#metaText}`);
      this.#fields = key;
    }
    this.#noted = this.#metaText;
    return this.#meta;
  }

  /** Walks over the data at `start`; undefined when it does not end before `end`. */
  #find(buffer: Buffer, start: number, end: number, first: number): Found | undefined {
    const found: Found = { edits: [], fields: [], dataEnd: 0 };
    let depth = 0;
    let keyStart = 0;
    let keyEnd = 0;
    let isKeyNext = true;
    for (let at = start; at < end; at += 1) {
      const meaning = MEANINGS[buffer[at] as number];
      if (meaning === 0) continue;
      if (meaning === IS_QUOTE) {
        const open = at + 1;
        at = closingQuote(buffer, open, end);
        if (isKeyNext) {
          keyStart = open;
          keyEnd = at;
          isKeyNext = false;
        }
      } else if (meaning === IS_DIGIT) {
        const close = numberEnd(buffer, at, end);
        // No long number before the first is a lost one.
        if ((at >= first && close - at >= LONG_NUMBER) || hasExponent(buffer, at, close)) {
          this.#number(buffer, at, close, at === first, { start: keyStart, end: keyEnd, isTop: depth === 1 }, found);
        }
        at = close - 1;
      } else if (meaning === IS_COMMA) {
        isKeyNext = depth === 1;
      } else {
        depth += meaning === OPENS ? 1 : -1;
        isKeyNext = meaning === OPENS && depth === 1;
        if (depth === 0) return { ...found, dataEnd: at + 1 };
      }
    }
    return undefined;
  }

  #number(buffer: Buffer, digits: number, end: number, isLost: boolean, key: Key, found: Found): void {
    const start = buffer[digits - 1] === MINUS ? digits - 1 : digits;
    const text = buffer.toString('latin1', start, end);
    if (!isLost && isExact(text)) return;
    const field = buffer.toString('utf8', key.start, key.end);
    const type = this.#types.get(propertyOf(field));
    const whole = type === 'integer' && key.isTop ? wholeDigits(text) : undefined;
    if (whole !== undefined) found.edits.push({ start, end, bytes: Buffer.from(whole) });
    if (!keepsFractions(type) || !Number.isFinite(Number(text)) || found.fields.includes(field)) return;
    found.fields.push(field);
  }

  #apply(buffer: Buffer, start: number, end: number, edits: readonly Edit[]): Buffer {
    const length = edits.reduce((sum, edit) => sum + edit.bytes.length + edit.start - edit.end, end - start);
    if (length > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(length * 2);
    let from = start;
    let to = 0;
    for (const edit of edits) {
      to += buffer.copy(this.#scratch, to, from, edit.start);
      to += edit.bytes.copy(this.#scratch, to);
      from = edit.end;
    }
    buffer.copy(this.#scratch, to, from, end);
    return this.#scratch.subarray(0, length);
  }
}

function propertyOf(key: string): string {
  return key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key;
}

/** Whether a part of the envelope holds a key `meta`, or a backslash, behind which one may hide. */
function mayHoldMeta(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = buffer[at];
    if (byte === BACKSLASH) return true;
    // No other key or text of the envelope has to begin so for the answer to be of use.
    if (byte === QUOTE && buffer[at + 1] === 0x6d && buffer[at + 2] === 0x65) return true;
  }
  return false;
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

/** Index behind the number of which a digit stands at `start`. */
function numberEnd(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isNumberByte(buffer[at] as number)) at += 1;
  return at;
}

/** Digits, points, exponents and their signs. */
function isNumberByte(byte: number): boolean {
  return (byte >= 0x30 && byte < COLON) || byte === 0x2e || isExponentByte(byte) || byte === 0x2b || byte === MINUS;
}

function hasExponent(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (isExponentByte(buffer[at] as number)) return true;
  return false;
}

function isExponentByte(byte: number): boolean {
  return byte === 0x65 || byte === 0x45;
}

function meanings(bytes: Readonly<Record<string, number>>): Uint8Array {
  const table = new Uint8Array(256);
  for (const [texts, meaning] of Object.entries(bytes)) {
    for (const text of texts) table[text.charCodeAt(0)] = meaning;
  }
  return table;
}
