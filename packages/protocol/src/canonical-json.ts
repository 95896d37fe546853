/**
 * JSON text that is equal for two values exactly when they hold the same data: object keys in one fixed order, no spaces.
 * `undefined` properties are left out, as in JSON.stringify.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    const sorted: [string, unknown][] = Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    // fromEntries defines own properties, so a key named __proto__ stays data.
    return Object.fromEntries(sorted);
  });
}
