/**
 * The `pattern` of a spec as a regular expression. JSON Schema wants the flag `u`, but many specs hold patterns that are
 * legal only without it (`^\d{4}\-01$`).
 *
 * @returns undefined for a pattern of another language, such as `(?i)a`
 */
export function specPattern(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // Tried in the other way, or given up.
    }
  }
  return undefined;
}
