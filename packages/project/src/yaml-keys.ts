import { isScalar, type Pair, type Scalar, type YAMLMap } from 'yaml';

/** Keys that stand in a map before: equal as texts, since texts is what they become. Linear, unlike the parser's own check. */
export function* repeatedKeys(map: YAMLMap): Iterable<Scalar> {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (seen.has(name)) yield key;
    seen.add(name);
  }
}

/** Finds pairs of maps by key; a map is walked once, however often it is asked. */
export class KeyIndex {
  private readonly pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

  find(map: YAMLMap, key: string): Pair | undefined {
    let known = this.pairs.get(map);
    if (known === undefined) {
      // Of equal keys the first one is found.
      const named = map.items.filter((pair) => isScalar(pair.key)).reverse();
      known = new Map(named.map((pair) => [String((pair.key as Scalar).value), pair]));
      this.pairs.set(map, known);
    }
    return known.get(key);
  }
}
