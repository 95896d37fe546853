/**
 * JSON text that is equal for two values exactly when they hold the same data: object keys in one fixed order, no spaces.
 * `undefined` properties are left out, as in JSON.stringify. Takes values of any depth: a state of a source may be deeper
 * than the stack.
 */
export function canonicalJson(value: unknown): string {
  const parts: string[] = [];
  const work: (string | { readonly value: unknown })[] = [{ value }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    if (typeof next === 'string') parts.push(next);
    else if (next.value === null || typeof next.value !== 'object') parts.push(JSON.stringify(next.value) ?? 'null');
    else work.push(...partsOf(next.value).reverse());
  }
  return parts.join('');
}

/** The text of a container around its members, in order. */
function partsOf(container: object): (string | { readonly value: unknown })[] {
  if (Array.isArray(container)) {
    const items = container.flatMap((value, index) => [...(index === 0 ? [] : [',']), { value: value as unknown }]);
    return ['[', ...items, ']'];
  }
  const members = sortedMembers(container).flatMap(([key, value], index) => [
    `${index === 0 ? '' : ','}${JSON.stringify(key)}:`,
    { value },
  ]);
  return ['{', ...members, '}'];
}

/** Members by key; whole numbers come first, as objects keep them. A key named __proto__ is data. */
function sortedMembers(container: object): readonly (readonly [string, unknown])[] {
  const sorted = Object.entries(container)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.entries(Object.fromEntries(sorted));
}
