import type { LookupFunction } from 'node:net';
import { checkUrl, guardedLookup, isPrivateAddress } from '../../src/http/address.js';
import { nextLink } from '../../src/http/next-link.js';
import { requestUrl } from '../../src/http/request-url.js';

const PRIVATE = [
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '0.0.0.0',
  '100.64.0.1',
  '::1',
  'fe80::1',
];

describe('hosts', () => {
  it.each([
    ...PRIVATE,
    'fd00::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '::127.0.0.1',
    '::7f00:1',
    '::ffff:0:7f00:1',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '64:ff9b:1::7f00:1',
    '2001:0:1:2:3:4:80ff:fffe',
    'fec0::1',
    'febf::1',
    '100::1',
    '192.0.2.1',
    '203.0.113.9',
    '255.255.255.255',
    'no ip',
  ])('X-08 %s is private', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '192.1.0.1',
    '2606:4700::1',
    '2001:4860::8888',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
  ])('%s is public', (address) => expect(isPrivateAddress(address)).toBe(false));

  it.each([
    'http://example.com',
    'ftp://example.com',
    'https://u:p@example.com',
    'https://2130706433',
    'https://[::1]',
    'https://0x7f.1',
  ])('X-08 the URL %s is refused', (url) => expect(() => checkUrl(new URL(url), false)).toThrow(/refused/));

  it('allows plain http and private addresses only when configured', () => {
    expect(() => checkUrl(new URL('http://127.0.0.1:1'), true)).not.toThrow();
    expect(() => checkUrl(new URL('https://example.com'), false)).not.toThrow();
    expect(() => checkUrl(new URL('file:///etc/passwd'), true)).toThrow(/refused/);
  });

  it('X-08 a name is refused when one of its addresses is private', () => {
    const lookup = ((_host, _options, done) =>
      done(
        null,
        [
          { address: '8.8.8.8', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ] as never,
        4,
      )) as LookupFunction;
    const answers: unknown[] = [];
    guardedLookup(lookup)('rebind.example', {}, (error) => answers.push(error?.message));
    expect(answers).toEqual(['The host "rebind.example" is refused: it resolves to a private address.']);
  });

  it('R-17 a link to the next page on another host, port or scheme is refused', () => {
    expect(nextLink('https://a.example/x?p=1', '/y?p=2')).toBe('https://a.example/y?p=2');
    for (const link of ['https://b.example/y', '//b.example/y', 'http://a.example/y', 'https://a.example:444/y']) {
      expect(() => nextLink('https://a.example/x', link)).toThrow(/refused/);
      expect(() => requestUrl('https://a.example/api', link)).toThrow(/refused|a\.example/);
    }
  });

  it('builds URLs below the base, spaces as %20', () => {
    const url = requestUrl('https://a.example/api/1.1/', '/obj/user', { q: 'a b+c', no: undefined, list: [1, 2] });
    expect(url.href).toBe('https://a.example/api/1.1/obj/user?q=a%20b%2Bc&list=1&list=2');
  });
});
