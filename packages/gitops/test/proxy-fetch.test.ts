import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectProxy } from '@cuttle/testing';
import { proxyFetch } from '../src/client/proxy-fetch.js';

describe('requests to an Airbyte server behind a proxy', () => {
  const before = process.env['HTTP_PROXY'];
  let server: http.Server;
  let proxy: ConnectProxy;

  beforeEach(async () => {
    server = http.createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += String(part);
      const status = request.url === '/empty' ? 204 : 201;
      response.writeHead(status, { location: '/elsewhere' });
      const { method, url, headers } = request;
      response.end(
        status === 204
          ? undefined
          : JSON.stringify({ method, url, host: headers.host, token: headers['authorization'], body }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await ConnectProxy.start((server.address() as AddressInfo).port);
    process.env['HTTP_PROXY'] = `http://me:pass@${proxy.host}`;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['HTTP_PROXY'];
    else process.env['HTTP_PROXY'] = before;
    await proxy.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('go through a tunnel with all that belongs to them', async () => {
    const init = {
      method: 'POST',
      headers: { authorization: 'Bearer t' },
      body: '{"a":1}',
      redirect: 'manual',
    } as const;
    const answer = await proxyFetch('http://airbyte.example/api?x=1', init);
    expect([answer.status, answer.headers.get('location')]).toEqual([201, '/elsewhere']);
    expect(await answer.json()).toEqual({
      method: 'POST',
      url: '/api?x=1',
      host: 'airbyte.example',
      token: 'Bearer t',
      body: '{"a":1}',
    });
    expect(proxy.asked).toEqual(['airbyte.example:80 me:pass']);
    expect((await proxyFetch('http://airbyte.example/empty')).status).toBe(204);
  });

  it('go straight to this machine', async () => {
    const { port } = server.address() as AddressInfo;
    expect((await proxyFetch(`http://127.0.0.1:${port}/`)).status).toBe(201);
    expect(proxy.asked).toEqual([]);
  });

  it('end when their time is over', async () => {
    const signal = AbortSignal.abort(new Error('over'));
    await expect(proxyFetch('http://airbyte.example/', { signal })).rejects.toThrow();
  });
});
