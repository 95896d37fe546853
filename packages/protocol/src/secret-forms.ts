import { isJsonObject } from './decode.js';
import { pastedToken } from './pasted-token.js';

/** Shorter values are left alone: masking them would tear up ordinary words. */
const MIN_LENGTH = 4;
const SECRET_NAME = /key|secret|token|password/i;

/**
 * The forms in which a secret may turn up in a text: raw, URL-encoded, JSON-escaped (also as JSON inside JSON), hex,
 * base64 at each alignment, the lines of a PEM, parts of a JSON key file, and what a pasted token is sent as. Forms under
 * 4 characters are left out.
 */
export function secretForms(value: string): readonly string[] {
  return [...new Set([value, pastedToken(value)].flatMap(formsOf))];
}

function formsOf(value: string): readonly string[] {
  const hex = Buffer.from(value).toString('hex');
  const forms = [value, hex, ...jsonForms(value), ...urlForms(value), ...base64Forms(value)];
  for (const line of value.includes('\n') ? value.split(/\r?\n/) : []) {
    if (line.length >= 16 && !line.startsWith('-----')) forms.push(line);
  }
  const parts = value.trimStart().startsWith('{') ? keyFileParts(value) : [];
  return [...forms, ...parts.flatMap(formsOf)].filter((form) => form.length >= MIN_LENGTH);
}

/** Escaped once for each level of JSON text inside JSON text: a log that quotes an answer that quotes a request. */
function jsonForms(value: string): readonly string[] {
  const escapeOnce = (text: string) => JSON.stringify(text).slice(1, -1);
  const once = escapeOnce(value);
  const twice = escapeOnce(once);
  return [once, twice, escapeOnce(twice)];
}

function urlForms(value: string): readonly string[] {
  // Lone surrogates cannot be URL-encoded; they are replaced as a server replaces them.
  const encoded = encodeURIComponent(value.toWellFormed());
  return [encoded, encoded.replaceAll('%20', '+'), new URLSearchParams({ v: value }).toString().slice(2)];
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
