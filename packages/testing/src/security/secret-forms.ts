/**
 * Texts with a secret in each form in which a server may repeat it: as it is, in upper and lower case, JSON-escaped,
 * URL-encoded, base64 alone and behind a user name. Written apart from the kit's own list, which it is there to check.
 */
export function echoesOf(secret: string): readonly string[] {
  const base64 = [secret, `user:${secret}`, `u:${secret}`].map((text) => Buffer.from(text).toString('base64'));
  return [...plainForms(secret), ...base64, Buffer.from(secret).toString('base64url')];
}

/** What must not be found of a secret: its forms, of base64 the part that does not depend on its surroundings. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Three bytes make four letters: the first ones hold what stood before, the last ones what follows.
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
  const behindOne = bytes.subarray(2, bytes.length - ((bytes.length - 2) % 3));
  const behindTwo = bytes.subarray(1, bytes.length - ((bytes.length - 1) % 3));
  const encoded = [whole, behindOne, behindTwo].flatMap((part) => [
    part.toString('base64'),
    part.toString('base64url'),
  ]);
  return [...new Set([...plainForms(secret), ...encoded])].filter((form) => form.length >= 8);
}

function plainForms(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const forms = [secret, json, JSON.stringify(json).slice(1, -1), url, url.replaceAll('%20', '+')];
  return [...new Set(forms.flatMap((form) => [form, form.toUpperCase(), form.toLowerCase()]))];
}

/** Letters of a secret that are enough to call it leaked. */
const PART = 12;

/** Forms of secrets, and beginnings of secrets, that a text holds; empty when it is clean. */
export function leaksIn(text: string, secrets: readonly string[]): readonly string[] {
  const parts = secrets
    .filter((secret) => secret.length > PART && !secret.startsWith('-----'))
    .map((secret) => secret.slice(0, PART));
  return [...secrets.flatMap(formsOf), ...parts].filter((form) => text.includes(form));
}
