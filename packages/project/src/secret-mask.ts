import { secretForms } from '@cuttle/protocol';

const MASK = '****';
/** Deepest level of JSON that is walked. */
const MAX_DEPTH = 200;

/**
 * Replaces secret values in texts by `****`, in every form of {@link secretForms}, letter case ignored; longest first, so
 * that of two that begin alike no part is left.
 *
 * Cost: one regular expression over the text per call.
 */
export class SecretMask {
  private readonly pattern: RegExp | undefined;

  /** @param values secrets; those under four characters are not masked */
  constructor(values: readonly string[]) {
    const forms = new Set(values.flatMap(secretForms));
    const ordered = [...forms].sort((a, b) => b.length - a.length);
    this.pattern = ordered.length === 0 ? undefined : new RegExp(ordered.map(escapePattern).join('|'), 'gi');
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

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
