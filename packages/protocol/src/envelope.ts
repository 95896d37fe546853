/**
 * Finds the parts of a message line without parsing it, so that a record's bytes can be routed and forwarded untouched.
 *
 * The walk takes any key order and any white space. It does not validate: a line that it cannot follow gives undefined,
 * and the caller then asks `JSON.parse`, which also tells where the text is broken.
 * Cost: one pass over the line, about 0.7 us for 400 bytes.
 */

/** Half-open byte range in the buffer that was scanned. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a line is and where its parts lie. Spans of texts include the quotes. */
export interface Envelope {
  readonly type: string;
  /** Spans inside `record`; undefined for other types and for what is absent. */
  readonly stream?: Span;
  /** A null namespace is absent; an empty one is there, and means the same. */
  readonly namespace?: Span;
  readonly data?: Span;
  /** Where `record`'s content begins, just behind its opening brace: the place to insert a key. */
  readonly recordStart?: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
/** The bit that a brace has and the bracket of the same direction has not. */
const BRACE_BIT = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The envelope of the line in `buffer[start, end)`, or undefined when the bytes are not followed (see above). */
export function scanEnvelope(buffer: Buffer, start: number, end: number): Envelope | undefined {
  let type: string | undefined;
  let record: Span | undefined;
  const closed = walkObject(buffer, start, end, (key, value) => {
    if (key === 'type') type = textOf(buffer, value);
    else if (key === 'record') record = value;
  });
  if (!closed || type === undefined) return undefined;
  if (type !== 'RECORD' || record === undefined) return { type };
  const spans: { stream?: Span; namespace?: Span; data?: Span } = {};
  const recordClosed = walkObject(buffer, record.start, record.end, (key, value) => {
    if (key === 'stream' || key === 'data') spans[key] = value;
    else if (key !== 'namespace') return;
    else if (buffer[value.start] === QUOTE) spans.namespace = value;
    else delete spans.namespace;
  });
  return recordClosed ? { type, ...spans, recordStart: record.start + 1 } : undefined;
}

/** The text of a JSON string in a span, or undefined when the span holds something else. */
export function textOf(buffer: Buffer, span: Span): string | undefined {
  if (buffer[span.start] !== QUOTE) return undefined;
  const raw = buffer.toString('utf8', span.start, span.end);
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Calls `visit` for each member of the object; false when the bytes are not one whole object. */
function walkObject(buffer: Buffer, start: number, end: number, visit: (key: string, value: Span) => void): boolean {
  let at = skipSpace(buffer, start, end);
  if (buffer[at] !== OPEN_BRACE) return false;
  at = skipSpace(buffer, at + 1, end);
  if (buffer[at] === CLOSE_BRACE) return skipSpace(buffer, at + 1, end) === end;
  for (;;) {
    if (at >= end || buffer[at] !== QUOTE) return false;
    const keyEnd = skipString(buffer, at, end);
    if (keyEnd < 0) return false;
    const key = buffer.toString('latin1', at + 1, keyEnd - 1);
    // An escaped key could spell any name: leave the line to JSON.parse.
    if (key.includes('\\')) return false;
    at = skipSpace(buffer, keyEnd, end);
    if (buffer[at] !== COLON) return false;
    const valueStart = skipSpace(buffer, at + 1, end);
    const valueEnd = skipValue(buffer, valueStart, end);
    if (valueEnd < 0) return false;
    visit(key, { start: valueStart, end: valueEnd });
    at = skipSpace(buffer, valueEnd, end);
    if (buffer[at] === CLOSE_BRACE) return skipSpace(buffer, at + 1, end) === end;
    if (buffer[at] !== COMMA) return false;
    at = skipSpace(buffer, at + 1, end);
  }
}

function skipSpace(buffer: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = buffer[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a) break;
    at += 1;
  }
  return at;
}

/** Index just behind the string that opens at `start`, or -1. Jumps from quote to quote by native search. */
function skipString(buffer: Buffer, start: number, end: number): number {
  let from = start + 1;
  for (;;) {
    const quote = buffer.indexOf(QUOTE, from);
    if (quote < 0 || quote >= end) return -1;
    let slashes = 0;
    while (buffer[quote - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** Index just behind the value that begins at `start`, or -1. */
function skipValue(buffer: Buffer, start: number, end: number): number {
  const first = buffer[start];
  if (start >= end) return -1;
  if (first === QUOTE) return skipString(buffer, start, end);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(buffer, start, end);
  let at = start;
  while (at < end && !isDelimiter(buffer[at])) at += 1;
  return at > start ? at : -1;
}

/** Texts inside records are mostly short, where a loop beats a native search; two loops, one for texts, beat one. */
function skipNested(buffer: Buffer, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    let byte = buffer[at] as number;
    if (byte === QUOTE) {
      do {
        at += 1;
        byte = buffer[at] as number;
        if (byte === BACKSLASH) at += 1;
      } while (byte !== QUOTE && at < end);
    } else if (byte >= OPEN_BRACKET) {
      const brace = byte | BRACE_BIT;
      if (brace === OPEN_BRACE) depth += 1;
      else if (brace === CLOSE_BRACE) depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function isDelimiter(byte: number | undefined): boolean {
  return (
    byte === COMMA ||
    byte === CLOSE_BRACE ||
    byte === CLOSE_BRACKET ||
    byte === 0x20 ||
    byte === 0x09 ||
    byte === 0x0d ||
    byte === 0x0a
  );
}
