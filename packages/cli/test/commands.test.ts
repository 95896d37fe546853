import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Repository } from './fake-terminal.js';

describe('cuttle', () => {
  let repository: Repository;
  beforeEach(() => {
    repository = new Repository();
  });
  afterEach(() => repository.remove());

  it('shows help with examples for each command, and suggests for a wrong one', async () => {
    const top = await repository.run(['--help']);
    expect(top.code).toBe(0);
    const commands = [...top.out.matchAll(/^ {2}([a-z]+) /gm)]
      .map((match) => match[1]!)
      .filter((name) => name !== 'help');
    expect(commands.length).toBeGreaterThanOrEqual(10);
    for (const name of commands) {
      const help = await repository.run([name, '--help']);
      expect(help.out).toMatch(/Examples:\n {2}\$ cuttle /);
      expect(help.out).toContain('--json');
    }
    const wrong = await repository.run(['valdate']);
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toContain('Did you mean validate?');
  });

  it('G-24 validate: 0 for sound documents, 4 with file:line:column for others', async () => {
    repository.writeShop({ a: {} });
    const good = await repository.run(['validate']);
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.out).toContain('shop: 1 source, 1 destination, 1 connection, 1 pipeline\nvalid');
    repository.write('connections/shop/more.yaml', 'kind: Connection\nname: b\nsource: from b\ndestinaton: to a\n');
    const bad = await repository.run(['validate', '--json']);
    expect(bad.code).toBe(4);
    const { diagnostics } = JSON.parse(bad.out);
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        line: 4,
        column: 1,
        code: 'DOCUMENT_UNKNOWN_KEY',
        message: expect.stringContaining('"destination"'),
      }),
    );
    const text = await repository.run(['validate']);
    expect(text.out).toMatch(/more\.yaml:4:1 error Unknown key "destinaton"\. Did you mean "destination"\?/);
    const run = await repository.run(['run', 'a']);
    expect(run.code).toBe(4);
    expect(run.err).toMatch(/more\.yaml:4:1 .*\n.*Nothing was started: 2 errors/s);
  });

  it('run: 0, a table on stdout and JSON that parses', async () => {
    repository.writeShop({ a: {}, b: {} });
    const text = await repository.run(['run', 'all']);
    expect(text.code).toBe(0);
    expect(text.out).toMatch(/^connection +table +rows +size +seconds +rows\/s +result\n/);
    expect(text.out).toMatch(/^a +orders +3 .* complete\nb +orders +3 /m);
    const json = await repository.run(['run', 'a', '--json']);
    const result = JSON.parse(json.out);
    expect(result).toMatchObject({
      version: 1,
      name: 'a',
      runs: [{ outcome: 'succeeded', streams: [{ records: 0 }] }],
    });
  });

  it('G-24 run: 3 when some connections succeed, 1 when none does, with the reason on stderr', async () => {
    repository.writeShop({ good: {}, bad: { fault: { stream: 'orders', after: 1, how: 'exit' } } });
    const some = await repository.run(['run', 'all']);
    expect(some.code).toBe(3);
    expect(some.err).toContain('bad: error (source) The source ended with exit code 7 and gave no reason.');
    expect(some.out).toMatch(/good: succeeded, 3 rows .*\nbad: failed, 1 rows .* log: .*\.jsonl/);
    const none = await repository.run(['run', 'bad']);
    expect(none.code).toBe(1);
  });

  it('run starts nothing while a reference of any connection is missing', async () => {
    repository.writeShop({ a: {}, b: { token: { $env: 'MISSING_TOKEN' } } });
    const result = await repository.run(['run', 'all']);
    expect(result.code).toBe(4);
    expect(result.err).toMatch(/all\.yaml:\d+:\d+ token: The environment variable MISSING_TOKEN is not set/);
    expect(fs.existsSync(path.join(repository.root, 'rows'))).toBe(false);
    expect(fs.existsSync(path.join(repository.root, '.cuttle'))).toBe(false);
  });

  it('G-24 run: 7 while another run holds the connection', async () => {
    repository.writeShop({ a: { streams: [{ name: 'orders', count: 50, pause_ms: 40 }] } });
    const first = repository.run(['run', 'a']);
    const locks = path.join(repository.root, '.cuttle', 'locks');
    while (!fs.existsSync(locks) || fs.readdirSync(locks).every((name) => !name.endsWith('.lock'))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const second = await repository.run(['run', 'a']);
    expect(second.code).toBe(7);
    // Who holds it: pid, host, since when.
    const who = new RegExp(
      `a: error .* already running: process ${process.pid} on ${os.hostname()}, started 20[-0-9]+T`,
    );
    expect(second.err).toMatch(who);
    expect((await first).code).toBe(0);
  });

  it('refuses a pipeline step of another kind with a clear sentence', async () => {
    repository.writeShop({ a: {} });
    repository.write(
      'connections/shop/p.yaml',
      'kind: Pipeline\nname: p\nsteps:\n  - sync: a\n  - branch: { ifRows: x }\n',
    );
    const result = await repository.run(['run', 'p']);
    expect(result.code).toBe(4);
    expect(result.err).toMatch(/p\.yaml:5:5 .*this version cannot run a "branch" step/);
  });

  it('finds the documents from a folder below, and says which stacks have a name twice', async () => {
    repository.writeShop({ a: {} });
    const below = path.join(repository.root, 'deep/er');
    fs.mkdirSync(below, { recursive: true });
    expect((await repository.run(['validate'], { folder: below })).code).toBe(0);
    fs.cpSync(path.join(repository.root, 'connections/shop'), path.join(repository.root, 'connections/other'), {
      recursive: true,
    });
    const twice = await repository.run(['run', 'a']);
    expect(twice.code).toBe(4);
    expect(twice.err).toContain('stands in several stacks (other, shop)');
    expect((await repository.run(['run', 'a', '--project', 'shop'])).code).toBe(0);
    const none = await repository.run(['validate'], { folder: '/' });
    expect(none).toMatchObject({ code: 4, err: expect.stringContaining('`cuttle init` makes a first project') });
  });

  it('spec, check, discover and preview run one connector', async () => {
    repository.writeShop({ a: {} });
    expect((await repository.run(['spec', 'from a'])).out).toContain('"connectionSpecification"');
    expect(await repository.run(['check', 'from a'])).toMatchObject({ code: 0, out: 'from a: check succeeded\n' });
    const streams = await repository.run(['discover', 'from a']);
    expect(streams.out).toMatch(/^orders +full_refresh, incremental +id +id +3$/m);
    const rows = await repository.run(['preview', 'from a', '--stream', 'orders', '--limit', '2']);
    expect(rows.out).toMatch(
      /^orders, first 2 rows\nid +email +big\n[- ]+\n0 +a0@example\.org .*\n1 +a1@example\.org .*\n$/,
    );
    expect(JSON.parse((await repository.run(['preview', 'from a', '--json', '-n', '1'])).out)).toMatchObject({
      streams: [{ name: 'orders', rows: [{ id: 0 }] }],
    });
    expect((await repository.run(['preview', 'from a', '--stream', 'none'])).code).toBe(1);
  });

  it('check: 1 and the reason when the config does not work', async () => {
    repository.writeShop({ a: { check_fails: true } });
    expect(await repository.run(['check', 'from a'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('is wrong'),
    });
  });

  it('status shows last run and state, also of what never ran', async () => {
    repository.writeShop({ a: {}, b: {} });
    await repository.run(['run', 'a']);
    const { out } = await repository.run(['status']);
    expect(out).toMatch(/^a +\d{4}-.* succeeded .* orders +\{"offset":3\}$/m);
    expect(out).toMatch(/^b +never run/m);
    expect(JSON.parse((await repository.run(['status', '--json'])).out).connections).toHaveLength(2);
  });

  it('init writes a project that validates and never overwrites one', async () => {
    fs.mkdirSync(path.join(repository.root, 'sources/acme/resources'), { recursive: true });
    fs.mkdirSync(path.join(repository.root, 'node_modules/@x/destination-file/resources'), { recursive: true });
    const spec = (properties: object, required: readonly string[]): string =>
      JSON.stringify({ connectionSpecification: { type: 'object', required, properties } });
    repository.write(
      'sources/acme/resources/spec.json',
      spec(
        {
          token: { type: 'string', airbyte_secret: true },
          pages: { type: 'integer', minimum: 2, description: 'How many.' },
        },
        ['token', 'pages'],
      ),
    );
    repository.write(
      'node_modules/@x/destination-file/resources/spec.json',
      spec({ destination_path: { type: 'string' } }, ['destination_path']),
    );
    const made = await repository.run(['init', 'first', '--source', 'acme', '--destination', 'file']);
    expect(made.code).toBe(0);
    const actors = fs.readFileSync(path.join(repository.root, 'connections/first/actors.yaml'), 'utf8');
    expect(actors).toContain('token: { $env: ACME_TOKEN }');
    expect(actors).toContain('# How many.\n  pages: 2');
    expect(fs.existsSync(path.join(repository.root, 'connections/schema/destination-file.json'))).toBe(true);
    const valid = await repository.run(['validate', '--json']);
    expect(JSON.parse(valid.out)).toMatchObject({ isValid: true, diagnostics: [] });
    const again = await repository.run(['init', 'first', '--source', 'acme', '--destination', 'file']);
    expect(again).toMatchObject({ code: 4, err: expect.stringContaining('already there; nothing was written') });
    const unknown = await repository.run(['init', 'second', '--source', 'acmee']);
    expect(unknown.err).toContain('Did you mean "acme"?');
  });
});
