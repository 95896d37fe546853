import { leaksIn } from '@cuttle/testing';
import fc from 'fast-check';
import { SecretMask } from '../src/index.js';

describe('SecretMask', () => {
  it('X-01 masks the value in each form', () => {
    const secret = 'p@ss "word"/+1';
    const mask = new SecretMask([secret]);
    const forms = [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
      JSON.stringify(secret),
      secret.toUpperCase(),
    ];
    for (const form of forms) expect(mask.apply(`a ${form} b`)).not.toContain(form);
  });

  it('X-01 leaves nothing of a secret inside of a Basic credential, in hex, in small percent signs, or escaped twice', () => {
    const secret = 'topsecret-99/+x y';
    const mask = new SecretMask([secret]);
    const basic = ['', 'u:', 'user:', 'admin:'].flatMap((user) =>
      ['', ':', ':x'].map((end) => Buffer.from(user + secret + end).toString('base64')),
    );
    const url = encodeURIComponent(secret);
    const forms = [...basic, Buffer.from(secret).toString('hex'), url.toLowerCase(), url.replaceAll('%20', '+')];
    for (const form of forms) {
      const shown = mask.apply(`sent ${form}`);
      expect(shown).toContain('****');
      expect(leaksIn(shown, [secret])).toEqual([]);
    }
    const quoted = 'a"b\\c"d';
    const twice = JSON.stringify(JSON.stringify(quoted));
    expect(new SecretMask([quoted]).apply(twice)).toContain('****');
  });

  it('X-01 masks the private key of a key file, line by line and whole', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n';
    const mask = new SecretMask([JSON.stringify({ type: 'service_account', private_key: key }, null, 2)]);
    expect(mask.apply(`cannot read ${key}`)).not.toContain('MIIEvQ');
    expect(mask.apply('line 2: MIIEvQIBADANBgkqhkiG9w0BAQEFAASC')).not.toContain('MIIEvQ');
  });

  it('X-01 masks overlapping secrets longest first', () => {
    expect(new SecretMask(['abcd', 'abcdefgh']).apply('x abcdefgh y abcd')).toBe('x **** y ****');
  });

  it('leaves short values and texts without secrets alone', () => {
    expect(new SecretMask(['abc', '']).apply('abc')).toBe('abc');
  });

  it('never leaves a secret in a text', () => {
    const secret = fc.string({ minLength: 4, maxLength: 20 }).filter((text) => !'****'.includes(text));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        fc.pre(!`${before}****${after}`.includes(value));
        expect(new SecretMask([value]).apply(before + value + after)).not.toContain(value);
      }),
    );
  });
});
