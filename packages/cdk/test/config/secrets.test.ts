import type { JsonSchema } from '@cuttle/protocol';
import fc from 'fast-check';
import { collectSecrets, Secrets } from '../../src/config/secrets.js';

function masker(...values: string[]): Secrets {
  const secrets = new Secrets();
  for (const value of values) secrets.add(value);
  return secrets;
}

describe('secret masking', () => {
  it('X-01 hides raw, URL-encoded, base64, JSON-escaped, upper and lower case forms', () => {
    const secret = 'Pa ss/wörd"+1';
    const secrets = masker(secret);
    const forms = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ v: secret }).toString(),
      Buffer.from(secret).toString('base64'),
      Buffer.from(`user:${secret}`).toString('base64'),
      Buffer.from(`u:${secret}`).toString('base64'),
      JSON.stringify({ secret }),
      JSON.stringify({ answer: JSON.stringify({ request: JSON.stringify({ secret }) }) }),
      secret.toUpperCase(),
      secret.toLowerCase(),
    ];
    for (const form of forms) {
      const masked = secrets.mask(`before ${form} after`);
      expect(masked).toMatch(/^before .*\*{4}.* after$/);
      expect(masked.toLowerCase()).not.toContain(form.toLowerCase());
    }
  });

  it('X-01 leaves no part of overlapping secrets visible (naive variant: replacing one after the other)', () => {
    expect(masker('abcdXYZ', 'XYZ12345').mask('<abcdXYZ12345>')).toBe('<****>');
    expect(masker('token', 'token-long-tail').mask('token-long-tail')).toBe('****');
  });

  it('leaves values under four characters alone', () => {
    expect(masker('abc').mask('abc')).toBe('abc');
  });

  it('hides the parts of a JSON key file', () => {
    const key =
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEA\n-----END PRIVATE KEY-----\n';
    const secrets = masker(JSON.stringify({ project_id: 'my-project', private_key: key, private_key_id: 'f00dcafe' }));
    const masked = secrets.mask(`my-project f00dcafe ${key} line AQEFAASCBKcwggSjAgEA`);
    expect(masked).toMatch(/^my-project \*+ /);
    expect(masked).not.toMatch(/MIIE|AQEF/);
  });

  it('X-01 never leaves a secret in a text (property)', () => {
    const secret = fc.string({ minLength: 4, maxLength: 12 }).filter((text) => !text.includes('*'));
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string(), { maxLength: 5 }),
        (all, rest) => {
          const text = rest.map((part, index) => part + (all[index % all.length] ?? '')).join('');
          const masked = masker(...all).mask(text);
          for (const value of all) expect(masked).not.toContain(value);
        },
      ),
    );
  });

  it('finds marked values through oneOf, anyOf, allOf, items, properties', () => {
    const secret = { type: 'string', airbyte_secret: true };
    const schema: JsonSchema = {
      properties: {
        auth: { oneOf: [{ properties: { kind: { const: 'a' } } }, { properties: { token: secret } }] },
        any: { anyOf: [{ properties: { key: secret } }] },
        all: { allOf: [{ properties: { pin: { type: 'integer', airbyte_secret: true } } }] },
        list: { items: { properties: { password: secret } } },
        plain: { type: 'string' },
      },
    };
    const secrets = new Secrets();
    const config = {
      auth: { kind: 'b', token: 'tok-1111' },
      any: { key: 'key-2222' },
      all: { pin: 333333 },
      list: [{ password: 'pwd-4444' }],
      plain: 'not-secret',
    };
    collectSecrets(schema, config, secrets);
    expect(secrets.mask('tok-1111 key-2222 333333 pwd-4444 not-secret')).toBe('**** **** **** **** not-secret');
  });
});
