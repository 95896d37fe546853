import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { assertBuilt, ROOT } from '@cuttle/testing';
import { AirbyteStack } from './airbyte-stack.js';

const CUTTLE = path.join(ROOT, 'packages/cli/bin/cuttle.js');

/** The real command, killed and interrupted. */
describe('the cuttle process with an Airbyte target', () => {
  let stack: AirbyteStack;
  beforeAll(() => assertBuilt('packages/cli'));
  beforeEach(async () => {
    const origin = new AirbyteStack();
    await origin.open();
    await origin.importAll();
    stack = new AirbyteStack(true);
    await stack.open('lock: .lock/prod.json');
    for (const file of ['connectors', 'sources', 'destinations', 'connections'])
      stack.write(`${file}.yaml`, origin.read(`${file}.yaml`));
    stack.environment = { ...origin.environment };
    await origin.close();
  });
  afterEach(() => stack.close());

  interface Ended {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly out: string;
    readonly err: string;
  }

  const cuttle = (
    argv: readonly string[],
    onStart: (child: ChildProcess) => void = () => undefined,
  ): Promise<Ended> => {
    const env = { ...process.env, ...stack.environment, NO_COLOR: '1' };
    const child = spawn(process.execPath, [CUTTLE, ...argv], {
      cwd: stack.repository.root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.err += text;
    });
    onStart(child);
    return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, ...texts })));
  };

  const names = (): readonly string[] => [
    ...[...stack.airbyte.store.actors.values()].map(({ name }) => name),
    ...[...stack.airbyte.store.connections.values()].map(({ name }) => name),
  ];

  it('F-APP-03 kill -9 between a create and its record: the next apply adopts, nothing is there twice', async () => {
    const killed = await cuttle(['apply', '--auto-approve'], (child) => {
      // The source is made; the answer never leaves.
      stack.airbyte.control.faults.add({
        fault: { kind: 'hang', when: 'after' },
        match: { method: 'POST', path: '/v1/sources' },
        after: 1,
      });
      stack.airbyte.control.scripts.before(3, { method: 'POST', path: '/v1/sources' }, () => child.kill('SIGKILL'));
    });
    expect(killed.signal).toBe('SIGKILL');
    const lock = JSON.parse(stack.read('.lock/prod.json')) as { readonly resources: object };
    const recorded = Object.keys(lock.resources).filter((key) => key.startsWith('source/')).length;
    expect([...stack.airbyte.store.actors.values()].length).toBeGreaterThan(recorded);
    const next = await cuttle(['apply', '--auto-approve']);
    expect([next.code, next.err]).toEqual([0, expect.stringContaining('done')]);
    expect(new Set(names()).size).toBe(names().length);
    expect(names()).toHaveLength(10);
    expect((await cuttle(['plan', '--detailed-exitcode'])).code).toBe(0);
  }, 60_000);

  it('Ctrl-C once finishes the write under way, reports, and keeps what was done', async () => {
    const stopped = await cuttle(['apply', '--auto-approve', '--json'], (child) => {
      stack.airbyte.control.scripts.before(2, { method: 'POST', path: '/definitions/' }, () => child.kill('SIGINT'));
      stack.airbyte.control.faults.add({
        fault: { kind: 'slow_answer', delayMs: 150 },
        match: { method: 'POST', path: '/definitions/' },
        count: 0,
      });
    });
    expect([stopped.code, stopped.err]).toEqual([
      3,
      expect.stringContaining('Stopping after the writes that are under way'),
    ]);
    const { report } = JSON.parse(stopped.out) as {
      report: { done: unknown[]; failed: unknown[]; skipped: { message: string }[] };
    };
    expect(report.failed).toEqual([]);
    expect(report.done.length).toBe(stack.airbyte.store.definitions.size);
    expect(report.skipped.some(({ message }) => message === 'a stop was asked for')).toBe(true);
    expect(fs.existsSync(path.join(stack.folder, '.lock/prod.json.applying'))).toBe(false);
  }, 60_000);

  it.each([
    ['a tab', 'kind: Source\n\tname: x\n'],
    ['a key twice', 'kind: Source\nname: x\nname: y\n'],
    ['an unknown tag', 'kind: Source\nname: !!js/function x\n'],
    [
      'an alias bomb',
      `kind: Source\na: &a [${'x,'.repeat(50)}x]\n${[...'bcdef'].map((key, at) => `${key}: &${key} [${`*${'abcde'[at]},`.repeat(20)}*${'abcde'[at]}]`).join('\n')}\n`,
    ],
    ['an anchor of another document', 'kind: Source\nname: &n x\n---\nkind: Source\nname: *n\n'],
  ])('F-APP-10 %s: file and line are named, nothing is applied', async (_what, text) => {
    stack.write('bad.yaml', text);
    const { code, err } = await stack.run(['apply', '--auto-approve']);
    expect(code).toBe(4);
    expect(err).toMatch(/bad\.yaml:\d+:\d+ error/);
    expect(stack.airbyte.control.log.find()).toEqual([]);
  });
});
