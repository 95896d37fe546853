/** Thrown for a statement that is not of the supported grammar. */
export class InvalidQueryError extends Error {}

/** A comparison in a `where`; all of them must hold. */
export interface Condition {
  readonly column: string;
  readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'is null' | 'is not null';
  /** Values of the right side: texts for texts, numbers and booleans else. */
  readonly values: readonly (string | number | boolean)[];
}

/** A statement: `select <columns> from <table> [where ...] [order by ...] [limit n]`. */
export interface SelectStatement {
  /** Undefined for `*`. */
  readonly columns: readonly string[] | undefined;
  readonly table: { readonly project: string; readonly dataset: string; readonly table: string };
  readonly where: readonly Condition[];
  readonly orderBy: readonly { readonly column: string; readonly isDescending: boolean }[];
  readonly limit: number | undefined;
}

/** Values of `@name` parameters; a list stands in `in unnest(@name)`. */
export type QueryParameters = Readonly<Record<string, string | number | boolean | readonly string[]>>;

interface Token {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'parameter' | 'symbol' | 'end';
  readonly text: string;
  readonly place: number;
}

/**
 * Parses one statement of the supported part of GoogleSQL.
 *
 * @throws {InvalidQueryError} for anything else, naming the place as `[1:column]`
 */
export function parseSelect(sql: string, parameters: QueryParameters = {}): SelectStatement {
  return new Parser(tokenize(sql), parameters).parse();
}

const TOKEN =
  /(?<space>\s+)|(?<quoted>`[^`]*`)|(?<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<parameter>@[A-Za-z_][A-Za-z0-9_]*)|(?<symbol><=|>=|!=|<>|[*,()=<>.])/y;

function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN.source, TOKEN.flags);
  let place = 0;
  while (place < sql.length) {
    pattern.lastIndex = place;
    const match = pattern.exec(sql);
    if (match === null) throw new InvalidQueryError(`Syntax error: Illegal input character at [1:${place + 1}]`);
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? 'space';
    if (kind !== 'space') tokens.push({ kind: kind as Token['kind'], text: match[0], place });
    place = pattern.lastIndex;
  }
  return [...tokens, { kind: 'end', text: 'end of query', place: sql.length }];
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #parameters: QueryParameters;
  #next = 0;

  constructor(tokens: readonly Token[], parameters: QueryParameters) {
    this.#tokens = tokens;
    this.#parameters = parameters;
  }

  parse(): SelectStatement {
    this.#expectWord('select');
    const columns = this.#columns();
    this.#expectWord('from');
    const table = this.#table();
    const where = this.#takeWord('where') ? this.#conditions() : [];
    const orderBy = this.#takeWord('order') ? this.#order() : [];
    const limit = this.#takeWord('limit') ? Number(this.#expect('number').text) : undefined;
    this.#expect('end');
    return { columns, table, where, orderBy, limit };
  }

  #columns(): string[] | undefined {
    if (this.#takeSymbol('*')) return undefined;
    const columns = [this.#column()];
    while (this.#takeSymbol(',')) columns.push(this.#column());
    return columns;
  }

  #column(): string {
    const token = this.#peek();
    if (token.kind === 'quoted') return this.#take().text.slice(1, -1);
    return this.#expect('word').text;
  }

  #table(): SelectStatement['table'] {
    const token = this.#expect('quoted');
    const [project, dataset, table, more] = token.text.slice(1, -1).split('.');
    if (!project || !dataset || !table || more !== undefined) this.#fail(token);
    return { project: project!, dataset: dataset!, table: table! };
  }

  #conditions(): Condition[] {
    const conditions = [this.#condition()];
    while (this.#takeWord('and')) conditions.push(this.#condition());
    return conditions;
  }

  #condition(): Condition {
    const column = this.#column();
    if (this.#takeWord('is')) {
      const isNegated = this.#takeWord('not');
      this.#expectWord('null');
      return { column, operator: isNegated ? 'is not null' : 'is null', values: [] };
    }
    if (this.#takeWord('in')) return { column, operator: 'in', values: this.#list() };
    const token = this.#expect('symbol');
    const operator = token.text === '<>' ? '!=' : token.text;
    if (!['=', '!=', '<', '<=', '>', '>='].includes(operator)) this.#fail(token);
    return { column, operator: operator as Condition['operator'], values: [this.#value()] };
  }

  #list(): (string | number | boolean)[] {
    if (this.#takeWord('unnest')) {
      this.#expectSymbol('(');
      const token = this.#expect('parameter');
      const value = this.#parameter(token);
      this.#expectSymbol(')');
      if (!Array.isArray(value)) this.#fail(token);
      return [...(value as readonly string[])];
    }
    this.#expectSymbol('(');
    const values = [this.#value()];
    while (this.#takeSymbol(',')) values.push(this.#value());
    this.#expectSymbol(')');
    return values;
  }

  #value(): string | number | boolean {
    const token = this.#take();
    if (token.kind === 'text') return unescapeText(token.text);
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'word' && /^(true|false)$/i.test(token.text)) return token.text.toLowerCase() === 'true';
    if (token.kind !== 'parameter') this.#fail(token);
    const value = this.#parameter(token);
    if (typeof value === 'object') this.#fail(token);
    return value as string | number | boolean;
  }

  #parameter(token: Token): QueryParameters[string] {
    const value = this.#parameters[token.text.slice(1)];
    if (value === undefined) throw new InvalidQueryError(`Query parameter '${token.text.slice(1)}' not found`);
    return value;
  }

  #order(): { column: string; isDescending: boolean }[] {
    this.#expectWord('by');
    const order: { column: string; isDescending: boolean }[] = [];
    do {
      const column = this.#column();
      const isDescending = this.#takeWord('desc');
      if (!isDescending) this.#takeWord('asc');
      order.push({ column, isDescending });
    } while (this.#takeSymbol(','));
    return order;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }

  #expect(kind: Token['kind']): Token {
    const token = this.#take();
    if (token.kind !== kind) this.#fail(token);
    return token;
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    const isThere = token.kind === 'word' && token.text.toLowerCase() === word;
    if (isThere) this.#next += 1;
    return isThere;
  }

  #expectWord(word: string): void {
    if (!this.#takeWord(word)) this.#fail(this.#peek());
  }

  #takeSymbol(symbol: string): boolean {
    const token = this.#peek();
    const isThere = token.kind === 'symbol' && token.text === symbol;
    if (isThere) this.#next += 1;
    return isThere;
  }

  #expectSymbol(symbol: string): void {
    if (!this.#takeSymbol(symbol)) this.#fail(this.#peek());
  }

  #fail(token: Token): never {
    throw new InvalidQueryError(`Syntax error: Unexpected ${token.text} at [1:${token.place + 1}]`);
  }
}

function unescapeText(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_all, code: string) => {
    if (code.startsWith('u')) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return { n: '\n', r: '\r', t: '\t' }[code] ?? code;
  });
}
