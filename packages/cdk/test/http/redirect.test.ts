import { followRedirect } from '../../src/http/redirect.js';
import type { Exchange } from '../../src/http/transport.js';

const FROM = 'https://api.example.com/v1/orders';

function redirect(location: string, status = 302, exchange: Partial<Exchange> = {}, allowPrivateHosts = false) {
  const from: Exchange = {
    method: 'GET',
    url: new URL(FROM),
    headers: {},
    hasSecret: false,
    addressField: 'base_url',
    signal: new AbortController().signal,
    ...exchange,
  };
  const answer = { status, headers: { location }, url: from.url, bytes: Buffer.alloc(0) };
  return followRedirect(from, answer, allowPrivateHosts);
}

function refusal(...args: Parameters<typeof redirect>): unknown {
  try {
    redirect(...args);
    return 'followed';
  } catch (error) {
    const { code, message } = error as Error & { readonly code: string };
    return `${code} ${message}`;
  }
}

const GUARDED = [
  ['a marked secret', { hasSecret: true }],
  ['Authorization', { headers: { Authorization: 'Basic x' } }],
  ['a cookie', { headers: { cookie: 'x=1' } }],
  ['x-api-key', { headers: { 'X-API-Key': 'x' } }],
  ['a body', { body: '{}', method: 'POST' }],
  ['a change', { method: 'DELETE' }],
  ['a token in the query', { url: new URL(`${FROM}?access_token=x`) }],
  ['an API key in the query', { url: new URL(`${FROM}?key=x`) }],
  ['a signature of S3', { url: new URL(`${FROM}?X-Amz-Signature=x`) }],
  ['a signature of Azure', { url: new URL(`${FROM}?sv=1&sig=x`) }],
] as const satisfies readonly (readonly [string, Partial<Exchange>])[];

describe('followRedirect', () => {
  it.each(GUARDED)('X-08 a request with %s goes to no other host and no other scheme', (_name, exchange) => {
    const prefix = 'CONFIG_REDIRECTED base_url redirects to';
    expect(refusal('https://www.example.com/v1', 307, exchange)).toBe(`${prefix} www.example.com; use that address.`);
    expect(refusal('//www.example.com/v1', 308, exchange)).toBe(`${prefix} www.example.com; use that address.`);
    expect(refusal('https://api.example.com:8443/v1', 307, exchange)).toBe(
      `${prefix} api.example.com:8443; use that address.`,
    );
    const plain = { hasSecret: true, ...exchange, url: new URL('http://api.example.com/v1') };
    expect(refusal('https://api.example.com/v1', 307, plain, true)).toBe(
      `${prefix} https://api.example.com; use that address.`,
    );
    expect(redirect('/v2/orders', 307, exchange)?.url.href).toBe('https://api.example.com/v2/orders');
  });

  it('a plain GET may go on to https, never to http and never to a private host', () => {
    expect(redirect('https://cdn.example.net/a?b=c')?.url.href).toBe('https://cdn.example.net/a?b=c');
    expect(refusal('http://cdn.example.net/a')).toMatch(/^HOST_REFUSED .*only https/);
    expect(refusal('http://cdn.example.net/a', 302, {}, true)).toMatch(/^CONFIG_REDIRECTED/);
    expect(refusal('https://10.0.0.1/')).toMatch(/^HOST_REFUSED/);
    expect(refusal('https://me:hush@cdn.example.net/')).toMatch(/^HOST_REFUSED(?!.*hush)/);
  });

  it('an answer is a redirect only with a Location and one of five statuses', () => {
    for (const status of [300, 304, 305, 306]) expect(redirect('/x', status)).toBeUndefined();
    const from = { url: new URL(FROM) };
    const progress = { status: 308, headers: { range: 'bytes=0-9' }, url: from.url, bytes: Buffer.alloc(0) };
    const upload = { ...from, method: 'POST', headers: {}, body: 'x', hasSecret: true } as unknown as Exchange;
    expect(followRedirect(upload, progress, false)).toBeUndefined();
  });

  it('the error names the host alone, also for addresses that are none', () => {
    const secret = { hasSecret: true };
    for (const location of [
      'https://www.example.com/hush?token=hush#hush',
      'https://[',
      'data:hush',
      'https:///hush?hush',
    ]) {
      expect(refusal(location, 302, secret)).toMatch(/^(CONFIG_REDIRECTED|HOST_REFUSED)(?!.*hush\?|.*token)/);
    }
    expect(refusal('https://[', 302, secret)).toBe(
      'CONFIG_REDIRECTED base_url redirects to an address that cannot be read. Use the address of the API.',
    );
  });
});
