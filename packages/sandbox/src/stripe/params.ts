/** Parameters as Stripe reads them: texts, lists of texts, and nested ones. */
export interface Params {
  [name: string]: string | string[] | Params;
}

/**
 * Reads `a=1`, `a[b]=1`, `a[]=1&a[]=2` and `a[0]=1&a[1]=2`, of a query or of a form.
 */
export function parseParams(pairs: URLSearchParams): Params {
  const params: Params = Object.create(null);
  for (const [name, value] of pairs) {
    const [head = '', ...keys] = name.split('[').map((part) => part.replace(/\]$/, ''));
    const [key, ...deeper] = keys;
    if (key === undefined) params[head] = value;
    else if (deeper.length === 0 && /^\d*$/.test(key)) {
      const list = params[head];
      if (Array.isArray(list)) list.push(value);
      else params[head] = [value];
    } else {
      const inner = params[head];
      const object: Params = typeof inner === 'object' && !Array.isArray(inner) ? inner : Object.create(null);
      object[key] = value;
      params[head] = object;
    }
  }
  return params;
}
