/** A piece of SQL. `value` is what a quoted name or a text stands for, the upper-case form of a word, else the text. */
export interface Token {
  readonly kind: 'space' | 'word' | 'quoted' | 'text' | 'number' | 'symbol';
  readonly text: string;
  readonly value: string;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['space', /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y],
  ['quoted', /"(?:[^"]|"")*"/y],
  ['text', /'(?:[^'\\]|\\[\s\S]|'')*'|\$\$[\s\S]*?\$\$/y],
  ['word', /[A-Za-z_][A-Za-z0-9_$]*/y],
  ['number', /\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\$\d+/y],
  ['symbol', /::|<>|<=|>=|!=|\|\||[\s\S]/y],
];

/** Takes a statement apart as Snowflake does: backslashes in texts are read, names between quotes keep their case. */
export function tokenize(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length; ) {
    const token = tokenAt(sql, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens;
}

function tokenAt(sql: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text, value: meaningOf(kind, text) };
  }
  throw new Error(`no token at ${at}`);
}

function meaningOf(kind: Token['kind'], text: string): string {
  switch (kind) {
    case 'quoted':
      return text.slice(1, -1).replaceAll('""', '"');
    case 'text':
      return text.startsWith('$$') ? text.slice(2, -2) : readEscapes(text.slice(1, -1));
    case 'word':
      return text.toUpperCase();
    default:
      return text;
  }
}

function readEscapes(text: string): string {
  return text.replace(/''|\\u([0-9a-fA-F]{4})|\\([\s\S])/g, (whole, code: string | undefined, letter: string) => {
    if (whole === "''") return "'";
    return code === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16));
  });
}

/** Reads tokens one after another; white space is skipped. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens.filter(({ kind }) => kind !== 'space');
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new SyntaxError('unexpected end of statement');
    this.#at += 1;
    return token;
  }

  /** Takes words or symbols if they come next, in this order. */
  take(...values: readonly string[]): boolean {
    const isNext = values.every((value, ahead) => {
      const token = this.peek(ahead);
      return token !== undefined && token.kind !== 'quoted' && token.kind !== 'text' && token.value === value;
    });
    if (isNext) this.#at += values.length;
    return isNext;
  }

  expect(...values: readonly string[]): void {
    if (!this.take(...values))
      throw new SyntaxError(`expected ${values.join(' ')}, found ${this.peek()?.text ?? 'the end'}`);
  }

  /** A name: between quotes as it stands, else in upper case. */
  name(): string {
    const token = this.next();
    if (token.kind !== 'quoted' && token.kind !== 'word') throw new SyntaxError(`expected a name, found ${token.text}`);
    return token.value;
  }

  /** Tokens between brackets; the reader stands at the opening one, and behind the closing one afterwards. */
  brackets(): readonly Token[] {
    this.expect('(');
    const inside: Token[] = [];
    for (let depth = 1; ; ) {
      const token = this.next();
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
      if (depth === 0) return inside;
      inside.push(token);
    }
  }

  /** What comes behind some tokens; the reader stays where it is. */
  tokensFrom(ahead: number): readonly Token[] {
    return this.#tokens.slice(this.#at + ahead);
  }

  rest(): readonly Token[] {
    const rest = this.#tokens.slice(this.#at);
    this.#at = this.#tokens.length;
    return rest;
  }

  /** Tokens up to the first of some words outside of brackets. */
  until(...words: readonly string[]): readonly Token[] {
    const found: Token[] = [];
    for (let depth = 0; !this.isAtEnd; ) {
      const token = this.peek() as Token;
      if (depth === 0 && token.kind === 'word' && words.includes(token.value)) break;
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
      found.push(this.next());
    }
    return found;
  }
}

/** Parts between commas outside of brackets. */
export function splitCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && token.text === ',') parts.push([]);
    else (parts.at(-1) as Token[]).push(token);
  }
  return parts;
}
