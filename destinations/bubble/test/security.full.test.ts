import path from 'node:path';
import { HOSTILE_NAMES, leaksIn, listFiles, regexSuite, statement } from '@cuttle/testing';
import { NoteApp, recordLine, rows, stateLine } from './note-app.js';

const TOKEN = 'kANary"Q+/=%20&<Tok>\\ zz-5f4dcc3b';
const KIT =
  'the kit’s HTTP client, which the suites of the sources drive with hostile servers; this destination adds nothing to it';

describe('destination-bubble', () => {
  let app: NoteApp;
  beforeEach(async () => {
    app = await NoteApp.start();
  });
  afterEach(() => app.close());
  const check = (id: string, title: string, run: () => Promise<void>, bypass?: string) =>
    statement(id, title, bypass === undefined ? undefined : { [id]: bypass }, run);
  const echo = (status: number, method?: string) => {
    const body = JSON.stringify({
      statusCode: status,
      body: { status: 'X', message: `no: ${TOKEN}` },
      translation: TOKEN,
    });
    const fault = { kind: 'status', status, body } as const;
    app.sandbox.control.faults.add({ fault, count: 0, ...(method === undefined ? {} : { match: { method } }) });
  };

  check('C-10 X-01', 'no secret in any output or in the ledger, whatever an answer repeats', async () => {
    for (const method of [undefined, 'PATCH', 'POST', 'DELETE']) {
      for (const status of [400, 401, 403, 404, 413, 418, 429, 500]) {
        const { faults } = app.sandbox.control;
        faults.clear();
        app.insert({ key: 'k0', title: 'old' });
        app.insert({ key: 'gone' });
        echo(status, method);
        const config = {
          log_level: 'debug',
          http_max_attempts: 1,
          ledger_path: app.ledgerPath,
          allow_delete: true,
          max_delete_share: 1,
        };
        const options = { sync: 'overwrite', stream: { delete_behavior: 'delete' }, config };
        // The token is right where an answer of the true app has to come first.
        const sent = method === undefined ? { ...config, api_token: TOKEN } : config;
        const result = await app.write(rows(3), { ...options, config: sent });
        const checked =
          method === undefined
            ? await app.run('check', { config: app.config({ ...options, config: sent }) })
            : undefined;
        const told = result.text + (checked?.text ?? '');
        const secrets = method === undefined ? [TOKEN] : [app.sandbox.bubble.token];
        expect([method, status, leaksIn(told, secrets)]).toEqual([method, status, []]);
      }
    }
  });

  check('X-02', 'errors are told without headers, queries and bodies of requests', async () => {
    for (const status of [401, 403, 418, 503]) {
      app.sandbox.control.faults.clear();
      echo(status);
      const result = await app.write([{ id: 'key-canary', title: 'title-canary' }], {
        config: { log_level: 'debug', http_max_attempts: 2 },
      });
      expect(result.exitCode).toBe(1);
      expect(result.text).not.toMatch(/canary|authorization|bearer |constraints/i);
    }
  });

  check('X-03', 'no file is written besides the ledger, which nobody else can read', async () => {
    const config = { ledger_path: path.join(app.folder, 'kept', 'rejected.jsonl') };
    const before = new Set([...listFiles(app.folder), 'config.json', 'catalog.json']);
    await app.write([...rows(3), { title: 'no key' }], { config });
    expect(listFiles(app.folder).filter((file) => !before.has(file))).toEqual(['kept/rejected.jsonl']);
  });

  check('X-04', 'SQL of hostile names', async () => undefined, 'it runs no SQL');

  check('X-06', 'prototype keys in records, mapping and state are data', async () => {
    const data = '{"id":"k0","__proto__":"a","constructor":{"prototype":{"polluted":1}}}';
    const lines = [
      `{"type":"RECORD","record":{"stream":"notes","emitted_at":1,"data":${data}}}`,
      stateLine({ __proto__: null }),
    ];
    const mapping = [
      { from: '__proto__', to: 'title', cast: 'text' },
      { from: 'constructor', to: 'other', cast: 'text' },
    ];
    await app.write([], { lines, stream: { mapping } });
    expect(app.things()[0]?.values).toEqual({
      key_text: 'k0',
      title_text: 'a',
      other_text: '{"prototype":{"polluted":1}}',
    });
    await app.write([], { lines: [recordLine({ id: 'k1' }), stateLine(1)], stream: { mapping } });
    expect(app.things()[1]?.values).toEqual({ key_text: 'k1' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  check('X-07', 'names with paths make no file: types and ids stay one part of the address', async () => {
    for (const name of HOSTILE_NAMES) {
      const result = await app.write(rows(1), { stream: { bubble_type: name } });
      expect([name, result.exitCode]).toEqual([name, 1]);
    }
    const records = HOSTILE_NAMES.map((id) => ({ id, title: 'x' }));
    await app.write(records, { stream: { mode: 'update', match: { record_field: 'id' } } });
    expect(
      app.sandbox.control.log.find().filter(({ path: asked }) => !asked.startsWith('/bubble/api/1.1/obj/')),
    ).toEqual([]);
    expect([...listFiles(app.folder)].sort()).toEqual(['catalog.json', 'config.json']);
  });

  check('X-08', 'private and plain hosts are refused unless they are allowed', async () => {
    for (const root of ['https://127.0.0.1/api/1.1', 'https://10.1.2.3/api/1.1', 'http://api.example.test/api/1.1']) {
      const status = await app.check({ config: { allow_private_hosts: false, base_url: root } });
      expect([root, status.status, status.message]).toEqual([root, 'FAILED', expect.stringMatching(/refused|https/)]);
    }
  });

  check('X-09', 'hostile HTTP answers', async () => undefined, KIT);

  regexSuite({}, ['destinations/bubble', 'packages/cdk', 'packages/protocol']);
});
