import { pastedToken } from '@cuttle/protocol';

/** Shortest value that is masked: shorter ones would blacken ordinary words. */
const MIN_LENGTH = 4;
const MASK = '****';
/** Deepest level of JSON that is walked. */
const MAX_DEPTH = 200;

/**
 * Replaces secret values in texts by `****`: as they are, URL-encoded, base64, inside JSON, in upper and lower case, and
 * line by line; longest first, so that overlapping values leave no part behind.
 *
 * Cost: one regular expression over the text per call.
 */
export class SecretMask {
  private readonly pattern: RegExp | undefined;

  /** @param values secrets; those under four characters are not masked */
  constructor(values: readonly string[]) {
    const forms = new Set(values.flatMap(formsOf).filter((form) => form.length >= MIN_LENGTH));
    const ordered = [...forms].sort((a, b) => b.length - a.length);
    this.pattern = ordered.length === 0 ? undefined : new RegExp(ordered.map(escapePattern).join('|'), 'g');
  }

  /** The text without the secrets. */
  apply(text: string): string {
    return this.pattern === undefined ? text : text.replace(this.pattern, MASK);
  }

  /** A copy of plain JSON whose texts and keys are without the secrets. For what is shown, never for data. */
  applyDeep<Value>(value: Value): Value {
    return this.pattern === undefined ? value : (this.masked(value, 0) as Value);
  }

  private masked(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.apply(value);
    if (typeof value !== 'object' || value === null) return value;
    // Nobody reads so deep, and the stack has an end.
    if (depth > MAX_DEPTH) return MASK;
    if (Array.isArray(value)) return value.map((part) => this.masked(part, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [this.apply(key), this.masked(part, depth + 1)]),
    );
  }
}

function formsOf(value: string): readonly string[] {
  const lines = value.includes('\n') ? value.split(/\r?\n/).filter((line) => line.length >= 16) : [];
  return [value, pastedToken(value), ...lines].flatMap((text) => [
    text,
    text.toLowerCase(),
    text.toUpperCase(),
    encodeURIComponent(text.toWellFormed()),
    JSON.stringify(text).slice(1, -1),
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
    Buffer.from(text).toString('base64url'),
  ]);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
