import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { HttpClient, type HttpSurroundings } from '../../src/http/client.js';
import type { HttpLimits, HttpPolicy } from '../../src/http/policy.js';

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

describe('HttpClient', () => {
  let server: Server;
  let other: Server;
  let handler: Handler;
  let requests: { url: string; authorization?: string; cookie?: string }[];
  let slept: number[];
  const clients: HttpClient[] = [];
  const listen = (target: Server) => new Promise<void>((resolve) => target.listen(0, '127.0.0.1', () => resolve()));
  const baseOf = (target: Server) => `http://127.0.0.1:${(target.address() as AddressInfo).port}`;

  beforeAll(async () => {
    const serve = (request: IncomingMessage, response: ServerResponse) => {
      const { authorization, cookie } = request.headers;
      requests.push({ url: request.url!, ...(authorization ? { authorization } : {}), ...(cookie ? { cookie } : {}) });
      handler(request, response, requests.length);
    };
    server = createServer(serve);
    other = createServer(serve);
    await Promise.all([listen(server), listen(other)]);
  });
  beforeEach(() => {
    requests = [];
    slept = [];
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  afterAll(() => {
    for (const target of [server, other]) {
      target.close();
      target.closeAllConnections();
    }
  });

  function client(
    policy: Partial<HttpPolicy> = {},
    limits: HttpLimits = {},
    onRateLimit = (_ms: number) => {},
    secrets?: HttpSurroundings['secrets'],
  ) {
    let now = 0;
    const made = new HttpClient(
      { baseUrl: baseOf(server), ...policy, limits: { allowPrivateHosts: true, ...limits } },
      {
        signal: new AbortController().signal,
        log: { debug() {}, info() {}, warn() {}, error() {} },
        clock: () => 1_000_000 + now,
        monotonic: () => now,
        random: () => 0.5,
        sleep: async (ms) => {
          slept.push(ms);
          now += ms;
        },
        ...(secrets === undefined ? {} : { secrets }),
      },
    ).forStream(new AbortController().signal, onRateLimit);
    clients.push(made);
    return made;
  }

  const answer =
    (status: number, body: string, headers: Record<string, string> = {}): Handler =>
    (_request, response) =>
      response.writeHead(status, headers).end(body);
  const failFirst =
    (times: number, fail: Handler): Handler =>
    (request, response, count) =>
      count <= times ? fail(request, response, count) : response.end('{"ok":true}');

  it.each<[string, Handler]>([
    ['500', answer(500, '{}')],
    ['502', answer(502, 'bad gateway')],
    ['503', answer(503, '')],
    ['504', answer(504, '')],
    ['408', answer(408, '')],
    ['a reset connection', (request) => request.socket.destroy()],
    [
      'a cut body',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"a":');
        setTimeout(() => response.destroy(), 5);
      },
    ],
    ['truncated JSON', answer(200, '{"a":[1,2')],
    ['an empty body', answer(200, '')],
    ['HTML instead of JSON', answer(200, '<html>sorry</html>')],
    [
      'truncated gzip',
      (_request, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}').subarray(0, 12)),
    ],
    ['a slow body', (_request, response) => response.write('{')],
    ['429 with seconds', answer(429, '', { 'retry-after': '3' })],
  ])('R-15 %s is tried again and then goes well; forever it ends as transient_error', async (name, fail) => {
    handler = failFirst(2, fail);
    const limits = { attemptTimeoutMs: name === 'a slow body' ? 250 : 10_000, maxAttempts: 3 };
    expect((await client({}, limits).get('/x')).data).toEqual({ ok: true });
    expect([requests.length, slept.every((ms) => ms > 0)]).toEqual([3, true]);
    requests = [];
    handler = fail;
    await expect(client({}, limits).get('/x')).rejects.toMatchObject({ failureType: 'transient_error' });
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['seconds', { 'retry-after': '7' }, 7500],
    ['absent', {}, 500],
    ['negative', { 'retry-after': '-3' }, 500],
  ])('R-15 a 429 with Retry-After %s waits as told, with jitter', async (_case, headers, wait) => {
    handler = failFirst(1, answer(429, '', headers as Record<string, string>));
    await client().get('/x');
    expect(slept[0]).toBe(wait);
  });

  it('R-15 a 429 that asks for more than allowed ends at once as transient_error', async () => {
    handler = answer(429, '', { 'retry-after': '99999999999' });
    await expect(client().get('/x')).rejects.toMatchObject({ failureType: 'transient_error', code: 'RATE_LIMITED' });
    expect([requests.length, slept]).toEqual([1, []]);
  });

  it.each([
    [
      'an HTML page',
      answer(200, '<html>Sign in</html>', { 'content-type': 'text/html' }),
      /no usable answer.*(JSON|HTML)/i,
    ],
    ['a cut answer', answer(200, '{"ok":'), /no usable answer.*JSON/i],
    ['a server error', answer(503, ''), /failed \(503\)/],
  ])('R-15 %s that comes again until the wait is used up is named, not called a rate limit', async (_what, fail, reason) => {
    handler = fail;
    const ended = client({}, { maxAttempts: 50, maxWaitMs: 3000 }).get('/x');
    await expect(ended).rejects.toMatchObject({ code: 'RETRIES_EXHAUSTED', message: expect.stringMatching(reason) });
    expect(requests.length).toBeLessThan(50);
  });

  it('tells a wait over a minute with its end, and a short one not', async () => {
    const told: number[] = [];
    handler = failFirst(1, answer(429, '', { 'retry-after': '90' }));
    await client({}, {}, (ms) => told.push(ms)).get('/x');
    expect(told).toEqual([1_000_000 + 90_500]);
    requests = [];
    handler = failFirst(1, answer(429, '', { 'retry-after': '30' }));
    await client({}, {}, (ms) => told.push(ms)).get('/x');
    expect(told).toHaveLength(1);
  });

  it('R-15 401 and 403 are config errors without a retry; 404 and unknown 4xx fail at once', async () => {
    for (const [status, failureType] of [
      [401, 'config_error'],
      [403, 'config_error'],
      [404, 'system_error'],
      [418, 'system_error'],
    ] as const) {
      requests = [];
      handler = answer(status, '{"error":"x"}');
      await expect(client().get('/x')).rejects.toMatchObject({ failureType });
      expect(requests).toHaveLength(1);
    }
  });

  it('R-16 an expired token is refreshed once for all and the requests are repeated', async () => {
    let token = 'old';
    const refresh = jest.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      token = 'new';
    });
    handler = (request, response) =>
      request.headers.authorization === 'Bearer new' ? response.end('{}') : response.writeHead(401).end();
    const auth = { headers: () => ({ authorization: `Bearer ${token}` }), refresh };
    const made = client({ auth });
    await Promise.all([made.get('/a'), made.get('/b')]);
    expect(refresh).toHaveBeenCalledTimes(1);
    handler = answer(401, '');
    await expect(made.get('/c')).rejects.toMatchObject({ failureType: 'config_error', code: 'CREDENTIAL_REJECTED' });
    expect(refresh).toHaveBeenCalledTimes(2);
  });

  it('a policy refines the table by status and by vendor code', async () => {
    const policy: Partial<HttpPolicy> = {
      status: { 404: 'ignore' },
      classify: ({ body }) =>
        (body as { code?: number } | undefined)?.code === 17 ? { action: 'rate_limit', waitMs: 1234 } : undefined,
    };
    handler = answer(404, '{"gone":true}');
    expect(await client(policy).get('/x')).toMatchObject({ status: 404, data: undefined });
    requests = [];
    handler = failFirst(1, answer(400, '{"code":17}'));
    await client(policy).get('/x');
    expect(slept).toEqual([1734]);
  });

  it('X-08 redirects: at most five; a plain GET goes on to another host, a private target is refused', async () => {
    handler = (_request, response) => response.writeHead(302, { location: '/again' }).end();
    await expect(client().get('/x')).rejects.toMatchObject({ code: 'TOO_MANY_REDIRECTS' });
    expect(requests).toHaveLength(6);
    requests = [];
    handler = (request, response) =>
      request.url === '/x' ? response.writeHead(307, { location: `${baseOf(other)}/y` }).end() : response.end('{}');
    await client().get('/x');
    expect(requests).toEqual([{ url: '/x' }, { url: '/y' }]);
    await expect(client({}, { allowPrivateHosts: false }).get('/x')).rejects.toMatchObject({ code: 'HOST_REFUSED' });
  });

  it('X-08 what carries a credential, a body or a known secret is refused before another host hears of it', async () => {
    handler = (request, response) =>
      request.url?.startsWith('/x')
        ? response.writeHead(301, { location: `${baseOf(other)}/y?key=t` }).end()
        : response.end('{}');
    const auth = { headers: () => ({ 'x-own-credential': 'hush' }) };
    const refused = { failureType: 'config_error', code: 'CONFIG_REDIRECTED' };
    const message = `app_url redirects to ${new URL(baseOf(other)).host}; use that address.`;
    await expect(client({ auth, addressField: 'app_url' }).get('/x')).rejects.toMatchObject({ ...refused, message });
    await expect(client().get('/x', { params: { access_token: 'a' } })).rejects.toMatchObject(refused);
    await expect(client().post('/x', { json: {} })).rejects.toMatchObject(refused);
    await expect(client().send('PATCH', '/x', { json: {} })).rejects.toMatchObject(refused);
    await expect(client().send('DELETE', '/x')).rejects.toMatchObject(refused);
    const secrets = { add: () => undefined, mask: (text: string) => text.replaceAll('sesame', '****') };
    await expect(client({}, {}, undefined, secrets).get('/x', { params: { open: 'sesame' } })).rejects.toMatchObject(
      refused,
    );
    expect(requests.map(({ url }) => url?.split('?')[0])).toEqual(Array(6).fill('/x'));
  });

  it('a redirect to the same host is followed with the method that it keeps, credential and body included', async () => {
    const seen: string[] = [];
    handler = (request, response) => {
      seen.push(
        `${request.method} ${request.url} ${request.headers.authorization} ${request.headers['content-length'] ?? 0}`,
      );
      const [, status] = /^\/(\d+)/.exec(request.url!) ?? [];
      if (status === undefined) response.end('{}');
      else response.writeHead(Number(status), { location: '/there' }).end();
    };
    const http = client({ auth: { headers: () => ({ authorization: 'Bearer t' }) } });
    for (const status of [301, 302, 303, 307, 308]) await http.get(`/${status}`);
    expect(seen.filter((line) => line === 'GET /there Bearer t 0')).toHaveLength(5);
    for (const status of [307, 308]) await http.post(`/${status}`, { json: { a: 1 } });
    expect(seen.filter((line) => line === 'POST /there Bearer t 7')).toHaveLength(2);
    const before = seen.length;
    for (const status of [301, 302, 303]) {
      await expect(http.post(`/${status}`, { json: { a: 1 } })).rejects.toMatchObject({ code: 'CONFIG_REDIRECTED' });
    }
    expect(seen.slice(before)).toHaveLength(3);
  });

  it.each([201, 202, 204, 205, 206])('a success with %i counts only where the request expects it', async (status) => {
    handler = answer(status, status === 204 || status === 205 ? '' : '{"a":1}');
    const refused = { failureType: 'system_error', code: 'UNEXPECTED_STATUS' };
    for (const as of ['json', 'bytes'] as const) {
      await expect(client().get('/x', { as })).rejects.toMatchObject(refused);
      await expect(client().send('PATCH', '/x', { as, json: {}, expect: [299] })).rejects.toMatchObject(refused);
    }
    expect(requests).toHaveLength(4);
    const policy: Partial<HttpPolicy> = { classify: () => ({ action: 'ok' }) };
    await expect(client(policy).get('/x')).rejects.toMatchObject(refused);
    await expect(client().get('/x', { expect: [status], as: 'bytes' })).resolves.toMatchObject({ status });
  });

  it('200 with HTML is no answer to a request that expects 204; 308 without a Location may be an answer', async () => {
    handler = answer(200, '<html>welcome</html>');
    await expect(client().send('PATCH', '/x', { json: {}, expect: [204] })).rejects.toMatchObject({
      code: 'UNEXPECTED_STATUS',
    });
    expect(requests).toHaveLength(1);
    handler = answer(308, '', { range: 'bytes=0-9' });
    const upload = { json: {}, expect: [200, 308], as: 'bytes' } as const;
    expect(await client().send('POST', '/upload', upload)).toMatchObject({
      status: 308,
      headers: { range: 'bytes=0-9' },
    });
    await expect(client().get('/x')).rejects.toMatchObject({ code: 'REQUEST_FAILED' });
  });

  it('X-09 refuses bodies that are too large, blow up, or nest too deep; reads gzip and br', async () => {
    const encoded =
      (bytes: Buffer, encoding: string): Handler =>
      (_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
    handler = encoded(gzipSync('{"z":1}'), 'gzip');
    expect((await client().get('/x')).data).toEqual({ z: 1 });
    handler = encoded(brotliCompressSync('{"z":2}'), 'br');
    expect((await client().get('/x')).data).toEqual({ z: 2 });
    handler = encoded(gzipSync(Buffer.alloc(12_000_000, 32)), 'gzip');
    await expect(client().get('/x')).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    handler = answer(200, `"${'x'.repeat(5000)}"`);
    await expect(client({}, { maxBodyBytes: 1000 }).get('/x')).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
    handler = answer(200, `${'['.repeat(5000)}${']'.repeat(5000)}`);
    await expect(client().get('/x')).rejects.toMatchObject({ code: 'JSON_TOO_DEEP' });
  });

  it('X-02 errors show neither headers nor query', async () => {
    handler = answer(418, 'see access_token=hush-hush');
    const failure = client({ auth: { headers: () => ({ authorization: 'Bearer canary' }) } }).get('/x', {
      params: { access_token: 'canary' },
    });
    const error = await failure.catch((caught: unknown) => caught as Error & { internalMessage: string });
    expect(`${JSON.stringify(error)} ${(error as Error).message} ${(error as Error).stack}`).not.toMatch(/canary|hush/);
  });

  it('R-15 named budgets hold beside the credential’s, and a rate limit may pause one of them only', async () => {
    handler = (request, response, count) =>
      count === 4 ? response.writeHead(429, { 'retry-after': '7' }).end() : answer(200, '{}')(request, response, count);
    const http = client({
      budgets: ({ path, headers }) => [{ name: `${headers['account'] ?? ''}${path}`, requests: 2 }],
      classify: ({ status, path, requestHeaders }) =>
        status === 429 ? { action: 'rate_limit', budget: `${requestHeaders['account'] ?? ''}${path}` } : undefined,
    });
    for (const path of ['/a', '/a', '/a']) await http.get(path);
    expect(slept).toEqual([500]);
    await http.get('/b', { headers: { account: 'x' } });
    expect(slept).toEqual([500, 7500]);
    const before = slept.length;
    await Promise.all([http.get('/a'), http.get('/b')]);
    expect(slept.slice(before)).toEqual([]);
  });

  it('takes a good answer that asks for a pause, and makes the next request wait', async () => {
    handler = (_request, response, count) => {
      response.writeHead(200, { 'x-used': count === 1 ? '97' : '10' }).end('{"a":1}');
    };
    const waits: number[] = [];
    const http = client(
      { classify: ({ headers }) => (Number(headers['x-used']) > 95 ? { action: 'ok', waitMs: 90_000 } : undefined) },
      {},
      (until) => waits.push(until),
    );
    expect((await http.get('/a')).data).toEqual({ a: 1 });
    expect(slept).toEqual([]);
    await http.get('/b');
    expect([slept, waits]).toEqual([[90_000], [1_090_000]]);
  });

  it('sends changes with their method and text; one that must not come twice is not repeated after a fault', async () => {
    const seen: string[] = [];
    handler = (request, response, count) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push(`${request.method} ${request.headers['content-type']} ${body}`);
        response.writeHead(count === 1 ? 429 : 503, { 'content-type': 'application/json' }).end('{}');
      });
    };
    const http = client({}, { maxAttempts: 4 });
    const once = http.send('POST', '/bulk', { text: 'a\nb', as: 'bytes', isRepeatable: false });
    // The rate limit is waited for, since nothing was done; the 503 may have come behind the work.
    await expect(once).rejects.toMatchObject({ code: 'RETRIES_EXHAUSTED' });
    expect(seen).toEqual(Array(2).fill('POST text/plain; charset=utf-8 a\nb'));
    await expect(http.send('PATCH', '/1', { json: { a: 1 } })).rejects.toMatchObject({ code: 'RETRIES_EXHAUSTED' });
    expect(seen.slice(2)).toEqual(Array(4).fill('PATCH application/json {"a":1}'));
  });

  it('a request may have a deadline of its own', async () => {
    handler = (_request, response) => setTimeout(() => response.end('{}'), 150);
    const http = client({}, { attemptTimeoutMs: 30, maxAttempts: 1 });
    await expect(http.get('/slow')).rejects.toMatchObject({ code: 'RETRIES_EXHAUSTED' });
    await expect(http.get('/slow', { timeoutMs: 20_000 })).resolves.toMatchObject({ data: {} });
  });
});
