import fs from 'node:fs';
import path from 'node:path';
import { preload } from '@cuttle/testing';
import { AirbyteStack } from './airbyte-stack.js';

describe('cuttle with an Airbyte target', () => {
  let stack: AirbyteStack;
  const open = async (more = '', isEmpty = false): Promise<void> => {
    stack = new AirbyteStack(isEmpty);
    await stack.open(more);
  };
  afterEach(() => stack.close());

  it('G-24 plan: 0 without changes, 0 with them, 2 with --detailed-exitcode; JSON parses, no colour without a terminal', async () => {
    await open();
    await stack.importAll();
    const none = await stack.run(['plan', '--detailed-exitcode']);
    expect([none.code, none.out]).toEqual([0, expect.stringContaining('No changes. Airbyte is as the documents say.')]);
    stack.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    expect((await stack.run(['plan'])).code).toBe(0);
    const changed = await stack.run(['plan', '--detailed-exitcode', '--json']);
    expect(changed.code).toBe(2);
    expect(JSON.parse(changed.out)).toMatchObject({ version: 1, plan: { version: 1, counts: { change: 1 } } });
    const plain = await stack.run(['plan']);
    expect(`${plain.out}${plain.err}`).not.toContain('\u001b[');
    expect((await stack.run(['plan'], { hasColour: true })).out).toContain('\u001b[33m');
    expect(stack.airbyte.writes()).toEqual([]);
  });

  it('G-24 plan --detailed-exitcode is 2, as drift, while a secret is foreign that no apply would replace', async () => {
    await open('lock: .lock/prod.json');
    await stack.importAll();
    const { actors } = stack.airbyte.store;
    [...actors.values()].find(({ name }) => name === 'stripe-ext')!.secretVersions.set('api_key', 7);
    for (const command of ['plan', 'drift']) {
      const { code, out } = await stack.run([command, '--detailed-exitcode']);
      expect([code, out]).toEqual([2, expect.stringContaining('api_key was changed in Airbyte')]);
      expect(out).not.toContain('Airbyte is as the documents say');
    }
    expect((await stack.run(['plan'])).code).toBe(0);
  });

  it('G-24 apply: asks, 1 when nobody can be asked, 0 when approved; a saved plan applies as it is or not at all', async () => {
    await open();
    await stack.importAll();
    stack.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    const refused = await stack.run(['apply']);
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--auto-approve') });
    const questions: string[] = [];
    const answer = (text: string) => async (question: string) => {
      questions.push(question);
      return text;
    };
    expect((await stack.run(['apply'], { ask: answer('y') })).code).toBe(1);
    expect(stack.airbyte.writes()).toEqual([]);
    await stack.run(['plan', '--out', 'plan.json']);
    const applied = await stack.run(['apply'], { ask: answer('yes') });
    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('Applied: 1 done, 0 failed, 0 not tried.') });
    expect(applied.err).toContain('connection/bubble to snowflake: update done');
    expect(questions).toHaveLength(2);
    const stale = await stack.run(['apply', 'plan.json', '--auto-approve']);
    expect(stale).toMatchObject({ code: 1, err: expect.stringContaining('changed since the plan was made') });
    stack.edit('connections.yaml', 'prefix: b_', 'prefix: c_');
    await stack.run(['plan', '--out', 'plan.json']);
    const json = await stack.run(['apply', 'plan.json', '--auto-approve', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ version: 1, report: { done: [{ action: 'update' }], failed: [] } });
    expect((await stack.run(['apply', 'package.json', '--auto-approve'])).code).toBe(4);
  });

  it('G-22 a saved plan is refused when Airbyte moved', async () => {
    await open();
    await stack.importAll();
    stack.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    await stack.run(['plan', '--out', 'plan.json']);
    const [connection] = [...stack.airbyte.store.connections.values()];
    connection!.nonBreakingSchemaUpdatesBehavior = 'propagate_fully';
    expect((await stack.run(['apply', 'plan.json', '--auto-approve'])).code).toBe(1);
    expect(connection!.prefix).toBe('bubble_');
  });

  it('G-24 3 for a partial apply with its report, 1 when nothing succeeded', async () => {
    await open();
    await stack.importAll();
    stack.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    stack.edit('connections.yaml', 'prefix: meta_', 'prefix: m_');
    const connection = [...stack.airbyte.store.connections.values()].find(({ name }) => name.startsWith('bubble'))!;
    connection.status = 'locked';
    const partial = await stack.run(['apply', '--auto-approve']);
    expect(partial.code).toBe(3);
    expect(partial.out).toMatch(
      /done {7}update connection\/facebook-ads to snowflake\nfailed {5}connection\/bubble to snowflake: Airbyte answered 409/,
    );
    expect(partial.out).toContain('Applied: 1 done, 1 failed, 0 not tried. 1 step left: run apply again.');
    expect((await stack.run(['apply', '--auto-approve'])).code).toBe(1);
  });

  it('G-24 G-08 4 for documents that are not valid, before any request', async () => {
    await open();
    await stack.importAll();
    stack.airbyte.control.log.clear();
    stack.edit('connections.yaml', '  events:', '  evnts: {}\n  events:');
    stack.write('more.yaml', 'kind: Connection\nname: none\nsource: bubble\ndestination: snowflake\nstreams: {}\n');
    const { code, err } = await stack.run(['apply', '--auto-approve']);
    expect(code).toBe(4);
    expect(err).toMatch(/more\.yaml:5:1 error The connection takes no stream/);
    expect(stack.airbyte.control.log.find()).toEqual([]);
    fs.rmSync(path.join(stack.folder, 'more.yaml'));
    stack.environment['AIRBYTE_CLIENT_SECRET'] = undefined;
    const missing = await stack.run(['plan']);
    expect(missing.code).toBe(4);
    expect(missing.err).toMatch(
      /project\.yaml:\d+:\d+ clientSecret: The environment variable AIRBYTE_CLIENT_SECRET is not set/,
    );
    expect(stack.airbyte.control.log.find()).toEqual([]);
  });

  it('G-24 5 for rejected credentials', async () => {
    await open();
    stack.environment['AIRBYTE_CLIENT_SECRET'] = 'canary-wrong-secret';
    for (const command of [['plan'], ['import', '--all'], ['doctor']]) {
      const { code, out, err } = await stack.run(command);
      expect([command, code]).toEqual([command, 5]);
      expect(`${out}${err}`).toContain('the client id or secret is wrong');
      expect(`${out}${err}`).not.toContain('canary-wrong');
    }
  });

  it('G-24 G-09 6 for a destroy that is protected; --allow-destroy lifts it', async () => {
    await open();
    await stack.importAll();
    const connection = [...stack.airbyte.store.connections.values()][0]!;
    stack.airbyte.store.jobs.push({
      id: 1,
      connectionId: connection.id,
      type: 'sync',
      startTime: 0,
      statuses: ['succeeded'],
    });
    const blocked = await stack.run(['destroy', 'source/bubble', '--auto-approve']);
    expect(blocked).toMatchObject({ code: 6, out: '' });
    expect(blocked.err).toMatch(
      /- with it: connection\/bubble to snowflake\n[\s\S]*destroy of source\/bubble is refused: it has synced before/,
    );
    expect(stack.airbyte.writes()).toEqual([]);
    const done = await stack.run(['destroy', 'source/bubble', '--auto-approve', '--allow-destroy', 'source/bubble']);
    expect(done.code).toBe(0);
    expect(stack.airbyte.store.connections.size).toBe(3);
    expect((await stack.run(['destroy', 'nobody', '--auto-approve'])).code).toBe(4);
  });

  it('G-24 7 while another apply holds the lock', async () => {
    await open('lock: .lock/prod.json');
    await stack.importAll();
    stack.edit('connections.yaml', 'prefix: bubble_', 'prefix: b_');
    const file = path.join(stack.folder, '.lock/prod.json.applying');
    fs.writeFileSync(file, JSON.stringify({ pid: process.pid, host: 'elsewhere', startedAt: '2026-11-20T06:00:00Z' }));
    const locked = await stack.run(['apply', '--auto-approve']);
    expect(locked).toMatchObject({ code: 7, err: expect.stringContaining('on elsewhere since 2026-11-20') });
    fs.rmSync(file);
    expect((await stack.run(['apply', '--auto-approve'])).code).toBe(0);
    expect(fs.existsSync(file)).toBe(false);
  });

  it('G-05 a change in the UI: drift exits with 2 and names the value, with and without a lock', async () => {
    for (const more of ['', 'lock: .lock/prod.json']) {
      await open(more);
      await stack.importAll();
      if (more !== '') await stack.run(['apply', '--auto-approve']);
      expect((await stack.run(['drift', '--detailed-exitcode'])).code).toBe(0);
      const connection = [...stack.airbyte.store.connections.values()].find(({ name }) => name.startsWith('bubble'))!;
      connection.status = 'inactive';
      // A change of the documents is no drift once something was applied.
      if (more !== '') stack.edit('connections.yaml', 'prefix: meta_', 'prefix: m_');
      const { code, out } = await stack.run(['drift', '--detailed-exitcode']);
      expect(code).toBe(2);
      expect(out).toContain('= connection/bubble to snowflake\n      status  was set to inactive (file: active)');
      expect(out).toContain(
        more === '' ? 'Drift against the documents: 1 changed.' : 'Drift against the last apply: 1 changed.',
      );
      stack.airbyte.store.connections.delete(connection.id);
      const gone = await stack.run(['drift', '--json']);
      expect(gone.code).toBe(0);
      expect(JSON.parse(gone.out).drift.items).toContainEqual(
        expect.objectContaining({ key: 'connection/bubble to snowflake', what: more === '' ? 'missing' : 'deleted' }),
      );
      if (more === '') await stack.close();
    }
  });

  it('state export and restore carry cursors, and say when a sync is in the way', async () => {
    await open();
    await stack.importAll();
    const name = 'stripe-ext to snowflake';
    const connection = [...stack.airbyte.store.connections.values()].find((entry) => entry.name === name)!;
    expect((await stack.run(['state', 'export', name, '--out', 'state.json'])).code).toBe(0);
    const file = path.join(stack.repository.root, 'state.json');
    expect(fs.statSync(file).mode & 0o077).toBe(0);
    const before = new Map(connection.states);
    connection.states.clear();
    expect((await stack.run(['state', 'restore', name, 'state.json'])).code).toBe(0);
    expect(connection.states).toEqual(before);
    stack.airbyte.store.jobs.push({
      id: 1,
      connectionId: connection.id,
      type: 'sync',
      startTime: 0,
      statuses: ['running'],
    });
    const busy = await stack.run(['state', 'restore', name, 'state.json']);
    expect(busy).toMatchObject({ code: 4, err: expect.stringContaining('is syncing') });
    stack.repository.write('bad.json', '{}');
    expect((await stack.run(['state', 'restore', name, 'bad.json'])).code).toBe(4);
    stack.airbyte.store.settings.hasConfigApi = false;
    const closed = await stack.run(['state', 'export', name]);
    expect(closed).toMatchObject({ code: 4, err: expect.stringContaining('Config API') });
  });

  it('run --target starts the job and follows it through statuses that nobody knows', async () => {
    await open();
    await stack.importAll();
    stack.airbyte.api.publicApi.jobs.life = ['pending', 'in_orbit', 'succeeded'];
    const { code, out, err } = await stack.run(['run', 'bubble to snowflake', '--target', 'prod']);
    expect(code).toBe(0);
    expect(err).toContain('bubble to snowflake: job 1 in_orbit');
    expect(out).toMatch(/bubble to snowflake +1 +41,000 +succeeded/);
    stack.airbyte.api.publicApi.jobs.life = ['failed'];
    expect((await stack.run(['run', 'bubble to snowflake', '--target', 'prod', '--json'])).code).toBe(1);
    const unknown = await stack.run(['run', 'bubble to snowflak', '--target', 'prod']);
    expect(unknown).toMatchObject({ code: 4, err: expect.stringContaining('Did you mean "bubble to snowflake"') });
  }, 60_000);

  it('doctor names what is missing', async () => {
    await open('lock: .lock/prod.json');
    const good = await stack.run(['doctor']);
    expect(good.code).toBe(0);
    expect(good.out).toMatch(/ok {2}workspace: Novel/);
    expect(good.out).toContain('version 2.0.1');
    expect(good.out).toContain('warning  CUTTLE_LOCK_KEY');
    Object.assign(stack.airbyte.store.settings, { version: '1.5.0', hasConfigApi: false });
    const old = await stack.run(['doctor', '--json']);
    const { findings } = JSON.parse(old.out) as { findings: { what: string; status: string }[] };
    expect(findings.filter(({ status }) => status === 'warning').map(({ what }) => what)).toEqual([
      'Config API',
      'connectors',
      'tags',
      'CUTTLE_LOCK_KEY',
    ]);
    stack.edit('project.yaml', 'workspace: Novel', 'workspace: Novle');
    const wrong = await stack.run(['doctor']);
    expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('Did you mean "Novel"?') });
  });

  it('G-32 fmt orders and compacts, keeps comments, and does nothing the second time', async () => {
    await open();
    await stack.importAll();
    stack.write(
      'odd.yaml',
      '# about it\nname: odd\nstreams:\n    user:\n        sync: full refresh append # for history\n    order: {}\nkind: Connection\ndestination: snowflake\nsource: bubble\nschedule:\n    cron: 0 0 5 * * ?\n',
    );
    expect((await stack.run(['fmt', '--check'])).code).toBe(1);
    const first = await stack.run(['fmt']);
    expect(first.out).toContain('formatted connections/novel/odd.yaml');
    const text = stack.read('odd.yaml');
    expect(text).toContain('# about it');
    expect(text).toContain('# for history');
    expect(text).toMatch(
      /kind: Connection\nname: odd\nsource: bubble\ndestination: snowflake\nschedule: \{ cron: 0 0 5 \* \* \? \}\nstreams:/,
    );
    expect(await stack.run(['fmt', '--check'])).toMatchObject({ code: 0, out: '' });
    expect((await stack.run(['validate'])).code).toBe(0);
  });

  it('G-10 X-01 no secret in stdout, stderr, plan, lock, Markdown or documents, whatever the server says', async () => {
    await open('lock: .lock/prod.json');
    stack.environment['CUTTLE_LOCK_KEY'] = 'canary-lock-key-123456';
    await stack.importAll();
    const values = Object.values(stack.environment).filter((value) => value?.startsWith('canary'));
    const texts: string[] = [];
    const run = async (...argv: string[]): Promise<void> => {
      const { out, err } = await stack.run(argv);
      texts.push(out, err);
    };
    // A server that repeats what it was sent in its error.
    const body = (text: string): string => JSON.stringify({ message: text, data: { message: `refused: ${text}` } });
    const stripe = stack.environment['STRIPE_EXT_API_KEY'];
    stack.airbyte.control.faults.add({
      fault: { kind: 'status', status: 422, body: body(`${stripe} canary-client-secret-4711`) },
      match: { method: 'PUT' },
    });
    stack.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 3');
    await run('plan', '--rotate-secrets', '--out', 'plan.json', '--md', 'plan.md');
    await run('apply', '--auto-approve', '--rotate-secrets', '--json');
    await run('apply', '--auto-approve', '--rotate-secrets');
    await run('drift', '--json');
    await run('doctor', '--json');
    await run('state', 'export', 'bubble to snowflake');
    await run('destroy', 'bubble-writeback', '--auto-approve');
    for (const entry of fs.readdirSync(stack.repository.root, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) texts.push(fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8'));
    }
    const all = texts.join('\n');
    expect(all).toContain('****');
    expect(all.length).toBeGreaterThan(10_000);
    for (const secret of [...stack.secrets, ...values, 'canary-access-token']) {
      for (const form of [secret!, Buffer.from(secret!).toString('base64').replace(/=+$/, '')]) {
        expect([secret, all.includes(form)]).toEqual([secret, false]);
      }
    }
  });

  it('G-10 X-01 no secret in what a crash of the process leaves behind', async () => {
    await open('lock: .lock/prod.json');
    await stack.importAll();
    stack.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 3');
    const values = Object.values(stack.environment).filter((value) => value?.startsWith('canary'));
    for (const argv of [
      ['plan', '--json', '--rotate-secrets'],
      ['apply', '--auto-approve', '--rotate-secrets', '--json'],
    ]) {
      for (const kind of ['throw', 'rejection']) {
        const env = { ...stack.environment, CUTTLE_CRASH: kind, CUTTLE_CRASH_AFTER: '1' };
        const run = await stack.runProcess(argv, env, [preload('crash')]);
        expect([argv[0], run.code, run.text]).toEqual([
          argv[0],
          1,
          expect.stringContaining('a defect made by the test'),
        ]);
        const files = fs.readdirSync(stack.repository.root, { recursive: true, withFileTypes: true });
        const texts = files.flatMap((entry) =>
          entry.isFile() ? [fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8')] : [],
        );
        const all = [run.text, ...texts].join('\n');
        expect(values.filter((value) => all.includes(value!))).toEqual([]);
      }
    }
  });

  it('names and messages of the server cannot hide a line: what hangs on a source is read as it is', async () => {
    await open();
    await stack.importAll();
    const { sourceId, destinationId } = [...stack.airbyte.store.connections.values()][0]!;
    const name = 'evil\u001b[2K\u001b[1A';
    stack.airbyte.api.publicApi.connections.create({ name, sourceId, destinationId });
    stack.airbyte.store.actors.get(sourceId)!.failure = 'gone\u001b[2J';
    stack.edit('connectors.yaml', 'source-bubble:0.3.0', 'source-bubble:0.3.1');
    const ran = [
      await stack.run(['destroy', 'source/bubble']),
      await stack.run(['plan', '--md', 'plan.md', '--refresh-schema']),
      await stack.run(['apply', '--auto-approve']),
    ];
    const text = ran.map(({ out, err }) => out + err).join('');
    expect(text).toContain('evil\\u001b[2K');
    expect(text).toContain('gone\\u001b[2J');
    expect(text).not.toContain('\u001b');
    expect(fs.readFileSync(path.join(stack.repository.root, 'plan.md'), 'utf8')).not.toContain('\u001b');
  });
});
