import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectProxy } from '@cuttle/testing';
import { HttpClient, Secrets } from '../../src/index.js';

const NAMES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'NO_PROXY', 'no_proxy'];

describe('the kit behind a proxy of the environment', () => {
  const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));
  const got: string[] = [];
  let server: http.Server;
  let proxy: ConnectProxy;
  let clients: HttpClient[];
  let secrets: Secrets;

  beforeEach(async () => {
    for (const name of NAMES) delete process.env[name];
    got.length = 0;
    clients = [];
    secrets = new Secrets();
    server = http.createServer((request, response) => {
      got.push(`${request.headers.host} ${request.url} ${request.headers.authorization ?? ''}`.trim());
      response.setHeader('content-type', 'application/json');
      response.end('{"ok":true}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await ConnectProxy.start(port());
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await proxy.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    for (const name of NAMES) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  const port = (): number => (server.address() as AddressInfo).port;
  const get = async (base: string, allowPrivateHosts = true): Promise<unknown> => {
    const limits = { allowPrivateHosts, maxAttempts: 2, backoffMs: 1 };
    const auth = { headers: () => ({ authorization: 'Bearer canary' }) };
    const around = { signal: new AbortController().signal, log: { debug() {}, info() {}, warn() {}, error() {} } };
    const client = new HttpClient({ baseUrl: base, limits, auth }, { ...around, clock: Date.now, secrets });
    clients.push(client);
    return (await client.get('/x')).data;
  };

  it('asks the proxy for a tunnel to a name that only the proxy knows; it sees no path and no credential', async () => {
    process.env['HTTP_PROXY'] = `http://me:proxy%40pass@${proxy.host}`;
    expect(await get('http://remote.example:81')).toEqual({ ok: true });
    expect(proxy.asked).toEqual(['remote.example:81 me:proxy@pass']);
    expect(got).toEqual(['remote.example:81 /x Bearer canary']);
    expect(secrets.mask('proxy@pass and proxy%40pass')).toBe('**** and ****');
  });

  it('goes straight to this machine and to what NO_PROXY names', async () => {
    process.env['HTTP_PROXY'] = `http://${proxy.host}`;
    await get(`http://127.0.0.1:${port()}`);
    await get(`http://localhost:${port()}`);
    process.env['NO_PROXY'] = 'remote.example';
    await expect(get(`http://remote.example:${port()}`)).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(proxy.asked).toEqual([]);
  });

  it.each([
    [
      407,
      'PROXY_REFUSED',
      /The proxy 127\.0\.0\.1:\d+ refused a connection to remote\.example \(status 407\)\. .*password/,
    ],
    [403, 'PROXY_REFUSED', /refused .*\(status 403\)\. Does it allow this host/],
    [502, 'RETRIES_EXHAUSTED', /PROXY_502/],
  ])('a refusal with %i is told of the proxy, not taken for an answer of the remote system', async (status, code, message) => {
    process.env['HTTP_PROXY'] = `http://me:canary-pass@${proxy.host}`;
    proxy.status = status;
    const failing = get('http://remote.example');
    await expect(failing).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await failing.catch((error: Error) => expect(error.message).not.toContain('canary'));
    expect(got).toEqual([]);
  });

  it('X-08 keeps to the rules for addresses that can be known before', async () => {
    process.env['HTTPS_PROXY'] = `http://${proxy.host}`;
    await expect(get('https://169.254.169.254', false)).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    await expect(get('http://remote.example', false)).rejects.toMatchObject({ code: 'HOST_REFUSED' });
    expect(proxy.asked).toEqual([]);
  });
});
