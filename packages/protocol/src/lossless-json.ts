/**
 * JSON that keeps the text of its numbers, for the few records that have to be taken apart: integers above 2^53 and long
 * fractions come out digit by digit as they went in. Object keys keep their order; of two equal keys the last wins, as in
 * JSON.parse. Recursive: nesting is bounded by the stack (some thousand levels).
 */

/** A number as its text. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A parsed value; objects are maps, so that `__proto__` is a key like any other. */
export type LosslessValue = null | boolean | string | NumberText | LosslessValue[] | LosslessObject;

/** A parsed object. */
export type LosslessObject = Map<string, LosslessValue>;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const NEEDS_PARSE = /[\\\u0000-\u001f]/;
const SPACE = /[ \t\r\n]*/y;

/**
 * @param onRepeatedKey called whenever an object has a key again
 * @throws {SyntaxError} when the text is not one JSON value; the message holds the offset, not the text
 */
export function parseLossless(text: string, onRepeatedKey: () => void = () => undefined): LosslessValue {
  const reader = new Reader(text, onRepeatedKey);
  const value = reader.value();
  reader.end();
  return value;
}

/** JSON text of a value, without spaces. */
export function stringifyLossless(value: LosslessValue): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(stringifyLossless).join(',')}]`;
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${JSON.stringify(key)}:${stringifyLossless(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

class Reader {
  readonly #text: string;
  readonly #onRepeatedKey: () => void;
  #at = 0;

  constructor(text: string, onRepeatedKey: () => void) {
    this.#text = text;
    this.#onRepeatedKey = onRepeatedKey;
  }

  value(): LosslessValue {
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return new NumberText(this.#token(NUMBER));
    }
  }

  end(): void {
    this.#skipSpace();
    if (this.#at !== this.#text.length) throw this.#broken();
  }

  #object(): LosslessObject {
    const result: LosslessObject = new Map();
    this.#at += 1;
    if (this.#takes('}')) return result;
    do {
      this.#skipSpace();
      const key = this.#string();
      if (!this.#takes(':')) throw this.#broken();
      // A repeated key moves to its last place with its last value.
      if (result.delete(key)) this.#onRepeatedKey();
      result.set(key, this.value());
    } while (this.#takes(','));
    if (!this.#takes('}')) throw this.#broken();
    return result;
  }

  #array(): LosslessValue[] {
    const result: LosslessValue[] = [];
    this.#at += 1;
    if (this.#takes(']')) return result;
    do result.push(this.value());
    while (this.#takes(','));
    if (!this.#takes(']')) throw this.#broken();
    return result;
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') throw this.#broken();
    const end = this.#stringEnd();
    const token = this.#text.slice(this.#at, end);
    this.#at = end;
    return NEEDS_PARSE.test(token) ? (JSON.parse(token) as string) : token.slice(1, -1);
  }

  /** Jumps from quote to quote, so that long texts cost linear time. */
  #stringEnd(): number {
    for (let from = this.#at + 1; ; ) {
      const quote = this.#text.indexOf('"', from);
      if (quote < 0) throw this.#broken();
      let slashes = 0;
      while (this.#text[quote - 1 - slashes] === '\\') slashes += 1;
      if (slashes % 2 === 0) return quote + 1;
      from = quote + 1;
    }
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#broken();
    this.#at += word.length;
    return value;
  }

  #token(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null || match[0] === '') throw this.#broken();
    this.#at += match[0].length;
    return match[0];
  }

  #takes(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #broken(): SyntaxError {
    return new SyntaxError(`not JSON at character ${this.#at}`);
  }
}
