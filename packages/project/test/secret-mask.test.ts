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
