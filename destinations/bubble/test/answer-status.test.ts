import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NoteApp, rows } from './note-app.js';

/** A write is done when Bubble says so with the status of its manual: 204, 200 with a line for each thing. */
describe('destination-bubble and answers that are not the documented ones', () => {
  let app: NoteApp;
  beforeEach(async () => {
    app = await NoteApp.start();
  });
  afterEach(() => app.close());
  const strike = (method: string, status: number, body = '', contentType = 'application/json') =>
    app.sandbox.control.faults.add({
      fault: { kind: 'status', status, body, contentType },
      match: { method },
      count: 0,
    });

  it.each([
    [200, '{"status":"success"}', 'application/json'],
    [200, '<html>Welcome</html>', 'text/html'],
    [201, '{"status":"success","id":"1x1"}', 'application/json'],
    [202, '{}', 'application/json'],
    [206, '{}', 'application/json'],
  ])('D-ST-01 PATCH answered with %i %s is an error: no STATE, tried once', async (status, body, contentType) => {
    app.seed(3);
    strike('PATCH', status, body, contentType);
    const result = await app.write(rows(3));
    expect([result.exitCode, result.states]).toEqual([1, []]);
    expect(result.text).toContain('UNEXPECTED_STATUS');
    expect(result.errors).toEqual([expect.stringContaining(`was answered with status ${status}`)]);
    expect(app.valuesOf('title_text')).toEqual(['old', 'old', 'old']);
  });

  it.each([200, 201, 202])('D-ST-01 DELETE answered with %i is an error: no STATE', async (status) => {
    app.seed(5);
    strike('DELETE', status, '{}');
    const config = { allow_delete: true, max_delete_share: 1 };
    const stream = { mode: 'mirror', delete_behavior: 'delete' };
    const result = await app.write(rows(2, 'old'), { sync: 'overwrite', config, stream });
    expect([result.exitCode, result.states, app.things().length]).toEqual([1, [], 5]);
    expect(result.text).toContain('UNEXPECTED_STATUS');
  });

  it.each([201, 202, 204, 206])('D-ST-01 a bulk request answered with %i is an error: no STATE', async (status) => {
    strike('POST', status, '{"status":"success","id":"1x1"}\n{"status":"success","id":"1x2"}', 'text/plain');
    const result = await app.write(rows(2));
    expect([result.exitCode, result.states]).toEqual([1, []]);
    expect(result.text).toContain('UNEXPECTED_STATUS');
  });

  it.each([
    ['a line too many', '{"status":"success","id":"1"}\n{"status":"success","id":"2"}\n{"status":"success","id":"3"}'],
    ['a line that claims nothing', '{"id":"1x1"}\n{"id":"1x2"}'],
    ['a line without an id', '{"status":"success"}\n{"status":"success"}'],
    ['HTML', '<html>\n</html>'],
  ])('D-ST-01 a bulk answer with %s proves nothing: what is not there is not acknowledged', async (_name, body) => {
    strike('POST', 200, body, 'text/plain');
    const result = await app.write(rows(2));
    expect([result.exitCode, result.states, app.things()]).toEqual([1, [], []]);
  });

  it('D-ST-01 a bulk answer with a line too few, once: what is there is looked up, and each thing is created', async () => {
    const body = '{"status":"success","id":"1x1"}';
    const fault = { kind: 'status', status: 200, body, contentType: 'text/plain' } as const;
    app.sandbox.control.faults.add({ fault, match: { method: 'POST' } });
    const result = await app.write(rows(2));
    expect([result.exitCode, result.states.length, app.valuesOf('key_text')]).toEqual([0, 1, ['k0', 'k1']]);
  });

  describe('a redirect to another host', () => {
    let elsewhere: Server;
    let asked: string[];
    beforeEach(async () => {
      asked = [];
      elsewhere = createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"response":{"results":[],"remaining":0}}');
      });
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => {
      elsewhere.close();
      elsewhere.closeAllConnections();
    });
    const host = () => `localhost:${(elsewhere.address() as AddressInfo).port}`;
    const redirect = (method: string, status: number) =>
      app.sandbox.control.faults.add({
        fault: { kind: 'status', status, headers: { location: `http://${host()}/obj/note` } },
        match: { method },
        count: 0,
      });

    it('X-08 check is FAILED and names base_url', async () => {
      redirect('GET', 301);
      const message = `base_url redirects to ${host()}; use that address.`;
      expect([await app.check(), asked]).toEqual([{ status: 'FAILED', message }, []]);
    });

    it.each([
      ['GET', 301],
      ['PATCH', 301],
      ['PATCH', 303],
      ['PATCH', 307],
      ['POST', 302],
      ['POST', 308],
    ])('X-08 %s with %i: config_error, no STATE, nothing is asked of the other host', async (method, status) => {
      if (method !== 'POST') app.seed(2);
      redirect(method, status);
      const result = await app.write(rows(2));
      expect([result.exitCode, result.states, asked]).toEqual([1, [], []]);
      expect(result.errors).toEqual([`base_url redirects to ${host()}; use that address.`]);
      expect(result.text).toContain('"failure_type":"config_error"');
    });
  });
});
