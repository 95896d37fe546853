import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, configured, read, run } from './run-bubble.js';

/** An app whose address moved, and a public app at the new address that shows nobody's rows to strangers. */
describe('an app_url that redirects to another host', () => {
  let sandbox: Sandbox;
  let moved: Server;
  let elsewhere: Server;
  let strangers: IncomingMessage[];
  const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const newHost = () => `localhost:${portOf(elsewhere)}`;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 2, orders: 3, idleVisits: 0 });
    elsewhere = createServer((request, response) => {
      strangers.push(request);
      response.setHeader('content-type', 'application/json');
      response.end('{"response":{"cursor":0,"count":0,"remaining":0,"results":[]}}');
    });
    await listen(elsewhere);
    moved = createServer((request, response) => {
      response.writeHead(301, { location: `http://${newHost()}${request.url}` }).end();
    });
    await listen(moved);
  });
  beforeEach(() => {
    strangers = [];
  });
  afterAll(async () => {
    await sandbox.close();
    for (const server of [moved, elsewhere]) {
      server.close();
      server.closeAllConnections();
    }
  });
  const config = () => configFor(sandbox, { app_url: `http://127.0.0.1:${portOf(moved)}` });

  it('X-08 the naive variant loses its credential on the way and takes no rows for all rows', async () => {
    const url = `http://127.0.0.1:${portOf(moved)}/api/1.1/obj/order`;
    const answer = await fetch(url, { headers: { authorization: 'Bearer hush' } });
    expect([answer.status, await answer.json()]).toEqual([200, { response: expect.objectContaining({ results: [] }) }]);
    expect(strangers.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('X-08 check names the field and the new host, and asks nobody there', async () => {
    const { messages, exitCode } = await run('check', { config: config() });
    const message = `app_url redirects to ${newHost()}; use that address.`;
    expect([exitCode, messages]).toEqual([
      0,
      [{ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message } }],
    ]);
    expect(strangers).toEqual([]);
  });

  it('X-08 read ends with config_error: no record, no state, no COMPLETE', async () => {
    const streams = ['order', 'user'].map((name) => configured(name, 'full_refresh'));
    const { records, states, errors, exitCode, text } = await read(config(), streams);
    expect([exitCode, records, states]).toEqual([1, [], []]);
    expect(text).not.toMatch(/"COMPLETE"/);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toContain(`app_url redirects to ${newHost()}; use that address.`);
    expect(text).toContain('"failure_type":"config_error"');
    expect(strangers).toEqual([]);
  });

  it('X-08 a base_url is named as such', async () => {
    const base = { app_url: undefined, base_url: `http://127.0.0.1:${portOf(moved)}/api/1.1` };
    const { text } = await run('check', { config: configFor(sandbox, base) });
    expect(text).toContain('base_url redirects to');
  });
});
