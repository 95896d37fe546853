/**
 * Members of a JSON object as raw texts, key -> JSON text of the value; nothing inside a value is parsed, so that numbers
 * keep their digits and texts their spelling. Of two equal keys the last wins and takes the last place.
 */
export type Members = Map<string, string>;

const SPACE = /[ \t\r\n]*/y;
const PLAIN = /[^,}\]\s"[{]+/y;
const SKIPPED = /[^"[\]{}]*/y;

/** The members of an object, or undefined when the text is not followed: it is no object, or is broken. */
export function splitMembers(text: string): Members | undefined {
  const members: Members = new Map();
  let at = skip(SPACE, text, 0);
  if (text[at] !== '{') return undefined;
  at = skip(SPACE, text, at + 1);
  if (text[at] === '}') return isEnd(text, at + 1) ? members : undefined;
  for (;;) {
    const keyEnd = stringEnd(text, at);
    if (keyEnd < 0) return undefined;
    const key = keyOf(text.slice(at, keyEnd));
    at = skip(SPACE, text, keyEnd);
    if (text[at] !== ':' || key === undefined) return undefined;
    const start = skip(SPACE, text, at + 1);
    const end = valueEnd(text, start);
    if (end <= start) return undefined;
    members.delete(key);
    members.set(key, text.slice(start, end));
    at = skip(SPACE, text, end);
    if (text[at] === '}') return isEnd(text, at + 1) ? members : undefined;
    if (text[at] !== ',') return undefined;
    at = skip(SPACE, text, at + 1);
  }
}

/** The text of an object with these members. */
export function joinMembers(members: Members): string {
  let text = '';
  for (const [key, value] of members) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${value}`;
  return `{${text}}`;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}

function isEnd(text: string, at: number): boolean {
  return skip(SPACE, text, at) === text.length;
}

function keyOf(token: string): string | undefined {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined;
  }
}

function stringEnd(text: string, at: number): number {
  if (text[at] !== '"') return -1;
  for (let from = at + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return -1;
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

function valueEnd(text: string, at: number): number {
  const first = text[at];
  if (first === '"') return stringEnd(text, at);
  return first === '{' || first === '[' ? nestedEnd(text, at) : skip(PLAIN, text, at);
}

function nestedEnd(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    at = skip(SKIPPED, text, at);
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
      if (at < 0) return -1;
      continue;
    }
    if (character === undefined) return -1;
    at += 1;
    depth += character === '{' || character === '[' ? 1 : -1;
    if (depth === 0) return at;
  }
  return -1;
}
