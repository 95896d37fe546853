import { isJsonObject, type JsonSchema, pastedToken } from '@cuttle/protocol';

/** Shorter values are left alone: masking them would tear up ordinary words. */
const MIN_LENGTH = 4;
const MASK = '****';
const SECRET_NAME = /key|secret|token|password/i;

/** Values that must not be shown, and the one function that hides them. */
export class Secrets {
  readonly #forms = new Set<string>();
  #longestFirst: readonly string[] | undefined;

  /** Adds a value in all the forms under which it may turn up in a text. Values under 4 characters are ignored. */
  add(value: string): void {
    for (const form of [value, pastedToken(value)].flatMap(secretForms)) this.#forms.add(form);
    this.#longestFirst = undefined;
  }

  /**
   * The text with every known secret replaced by `****`. Longest first, letter case ignored, and where secrets
   * overlap the whole stretch goes, so that no part of one stays visible beside another.
   * Cost: length of the text times the number of forms.
   */
  mask(text: string): string {
    if (this.#forms.size === 0 || text.length < MIN_LENGTH) return text;
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

/** The forms of a secret: raw, URL-encoded, JSON-escaped (also as JSON inside JSON), base64 at each alignment, the lines of a PEM, parts of a JSON key file. */
function secretForms(value: string): readonly string[] {
  const forms = [value, ...jsonForms(value), ...urlForms(value), ...base64Forms(value)];
  for (const line of value.includes('\n') ? value.split(/\r?\n/) : []) {
    if (line.length >= 16 && !line.startsWith('-----')) forms.push(line);
  }
  const parts = value.trimStart().startsWith('{') ? keyFileParts(value) : [];
  return [...forms, ...parts.flatMap(secretForms)].filter((form) => form.length >= MIN_LENGTH);
}

/** Escaped once, and again for each JSON text that stands in another one: an answer that quotes a request, quoted in a log. */
function jsonForms(value: string): readonly string[] {
  const escapeOnce = (text: string) => JSON.stringify(text).slice(1, -1);
  const once = escapeOnce(value);
  const twice = escapeOnce(once);
  return [once, twice, escapeOnce(twice)];
}

function urlForms(value: string): readonly string[] {
  try {
    const encoded = encodeURIComponent(value);
    return [encoded, encoded.replaceAll('%20', '+'), new URLSearchParams({ v: value }).toString().slice(2)];
  } catch {
    // Lone surrogates cannot be URL-encoded, so no such form exists.
    return [];
  }
}

/** Base64 of the value alone, and the stable middle of it when other bytes stand before it (`user:secret`). */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  if (bytes.length < MIN_LENGTH) return [];
  const forms = [bytes.toString('base64'), bytes.toString('base64url')];
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The first characters hold the bytes before, the last ones the bytes behind.
    const middle = shifted.slice(shift === 0 ? 0 : 4, Math.floor((shift + bytes.length) / 3) * 4);
    if (middle.length >= 8) forms.push(middle, middle.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

/** Secret texts inside a secret that is itself JSON, such as a service account key. */
function keyFileParts(value: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(value);
    if (!isJsonObject(parsed)) return [];
    return Object.entries(parsed).flatMap(([name, part]) =>
      SECRET_NAME.test(name) && typeof part === 'string' ? [part] : [],
    );
  } catch {
    return [];
  }
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
