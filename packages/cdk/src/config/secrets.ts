import { isJsonObject, type JsonSchema, secretForms } from '@cuttle/protocol';

const MASK = '****';

/** Values that must not be shown, and the one function that hides them. */
export class Secrets {
  readonly #forms = new Set<string>();
  #longestFirst: readonly string[] | undefined;

  /** Adds a value in all the forms under which it may turn up in a text. Values under 4 characters are ignored. */
  add(value: string): void {
    for (const form of secretForms(value)) this.#forms.add(form);
    this.#longestFirst = undefined;
  }

  /**
   * The text with every known secret replaced by `****`. Longest first, letter case ignored, and where secrets
   * overlap the whole stretch goes, so that no part of one stays visible beside another.
   * Cost: length of the text times the number of forms.
   */
  mask(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#longestFirst ??= [...this.#forms].sort((a, b) => b.length - a.length);
    const lower = text.toLowerCase();
    const sameLength = lower.length === text.length;
    const spans: [number, number][] = [];
    for (const form of this.#longestFirst) {
      findAll(text, form, spans);
      if (sameLength) findAll(lower, form.toLowerCase(), spans);
    }
    return spans.length === 0 ? text : replaceSpans(text, spans);
  }
}

function findAll(text: string, part: string, spans: [number, number][]): void {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) spans.push([at, at + part.length]);
}

function replaceSpans(text: string, spans: readonly [number, number][]): string {
  let out = '';
  let end = 0;
  let open = -1;
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (open < 0 || from > end) {
      if (open >= 0) out += MASK;
      out += text.slice(end, from);
      open = from;
      end = to;
    } else if (to > end) end = to;
  }
  return out + MASK + text.slice(end);
}

/** Adds every value that the schema marks `airbyte_secret`, through properties, items, oneOf, anyOf and allOf. */
export function collectSecrets(schema: JsonSchema, value: unknown, secrets: Secrets): void {
  if (schema['airbyte_secret'] === true) addLeaves(value, secrets);
  for (const keyword of ['oneOf', 'anyOf', 'allOf']) {
    const variants = schema[keyword];
    if (!Array.isArray(variants)) continue;
    for (const variant of variants) if (isJsonObject(variant)) collectSecrets(variant, value, secrets);
  }
  const { properties, items, additionalProperties } = schema;
  if (isJsonObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      const own = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
      if (isJsonObject(own)) collectSecrets(own, part, secrets);
    }
  }
  if (Array.isArray(value) && isJsonObject(items)) {
    for (const part of value) collectSecrets(items, part, secrets);
  }
}

function addLeaves(value: unknown, secrets: Secrets): void {
  if (typeof value === 'string') secrets.add(value);
  else if (typeof value === 'number') secrets.add(String(value));
  else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) addLeaves(part, secrets);
  }
}
