import { networkError } from '../../src/http/request-error.js';

describe('a request without a usable answer', () => {
  it.each([
    ['ECONNRESET', 'the connection was cut off (ECONNRESET)'],
    ['Z_DATA_ERROR', 'the compressed answer is damaged (Z_DATA_ERROR)'],
    ['HPE_INVALID_VERSION', 'the answer is not valid HTTP (HPE_INVALID_VERSION)'],
    ['CERT_HAS_EXPIRED', 'NODE_EXTRA_CA_CERTS adds authorities (CERT_HAS_EXPIRED)'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'is not trusted'],
    ['it took too long', 'retries: it took too long.'],
    ['ESOMETHING', 'retries: ESOMETHING.'],
  ])('names the fault %s in words', (fault, words) => {
    expect(networkError('GET /x', 'example.com', fault).message).toContain(words);
  });

  it('blames the proxy that cannot be reached, without its password, not the host behind it', () => {
    const { message } = networkError('GET /x', 'example.com', 'ECONNREFUSED', 'http://user:proxypass@proxy.corp:3128');
    expect(message).toMatch(/^The proxy "proxy.corp:3128" cannot be reached/);
    expect(message).not.toContain('proxypass');
  });
});
