/**
 * The forms in which a secret can turn up in a text: as it is, in upper and lower case, JSON-escaped, URL-encoded,
 * base64 alone and behind a user name. Written apart from the kit's own list, which it is there to check.
 */
export function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const plain = [secret, json, JSON.stringify(json).slice(1, -1)];
  const url = [encodeURIComponent(secret), encodeURIComponent(secret).replaceAll('%20', '+')];
  const bytes = Buffer.from(secret);
  const inner = Buffer.from(`user:${secret}`).toString('base64');
  // The last signs of base64 depend on what follows, the first ones on what stands before.
  const encoded = [bytes.toString('base64'), bytes.toString('base64url'), inner.slice(8, -4)].map((text) =>
    text.replace(/=+$/, ''),
  );
  const cased = [...plain, ...url].flatMap((text) => [text, text.toUpperCase(), text.toLowerCase()]);
  return [...new Set([...cased, ...encoded])].filter((form) => form.length >= 8);
}

/** Forms of secrets that a text holds; empty when it is clean. */
export function leaksIn(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.flatMap(formsOf).filter((form) => text.includes(form));
}
