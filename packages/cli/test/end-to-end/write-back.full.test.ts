import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { assertBuilt, ROOT } from '@cuttle/testing';
import { descendants, Stack } from './stack.js';

const ITEMS = 60;

/** Items are read from Bubble, loaded, and written back as copies, each with the id of its item. */
const DOCUMENTS = [
  {
    kind: 'Connection',
    name: 'items',
    source: 'bubble',
    destination: 'warehouse',
    streams: { item: { sync: 'full refresh overwrite' } },
  },
  {
    kind: 'Pipeline',
    name: 'copies',
    steps: [
      { sync: 'items' },
      { write_back: { from: 'main.item', destination: 'copier', stream: 'copies', key: '_id' } },
    ],
  },
];

describe('a pipeline that writes back, killed', () => {
  let sandbox: Sandbox;
  let stack: Stack;
  beforeAll(async () => {
    assertBuilt('destinations/bubble');
    sandbox = await startSandbox({ users: 1, orders: 1, idleVisits: 0 });
    const title = { id: 'title_text', display: 'Title', type: 'text' };
    const key = { id: 'item_text', display: 'item', type: 'text' };
    sandbox.control.run('bubble.define', { definition: { name: 'item', display: 'item', fields: [title] } });
    sandbox.control.run('bubble.define', { definition: { name: 'copy', display: 'copy', fields: [title, key] } });
    sandbox.control.run('bubble.seed', { type: 'item', count: ITEMS, created: '2024-05-01T00:00:00.000Z' });
    stack = new Stack(sandbox);
    stack.write([...DOCUMENTS, copier()], { bubble: { types: ['item'] } });
    const file = path.join(stack.root, 'connections/test/all.yaml');
    const connector = JSON.stringify({ path: path.join(ROOT, 'destinations/bubble') });
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace('"destinations":{', `"destinations":{"bubble":${connector},`));
  });
  afterAll(async () => {
    stack.remove();
    await sandbox.close();
  });

  const copier = (): object => ({
    kind: 'Destination',
    name: 'copier',
    connector: 'bubble',
    config: {
      base_url: sandbox.bubble.baseUrl,
      api_token: { $env: 'BUBBLE_TOKEN' },
      allow_private_hosts: true,
      requests_per_minute: 100_000,
      batch_size: 6,
      streams: [
        {
          stream: 'copies',
          bubble_type: 'copy',
          match: { record_field: '_id', bubble_field: 'item' },
          mapping: [{ from: 'Title', to: 'Title' }],
        },
      ],
    },
  });
  const things = (type: string): readonly { readonly id: string; readonly values: Record<string, unknown> }[] =>
    (sandbox.control.run('bubble.ids', { type }) as string[]).map(
      (id) => sandbox.control.run('bubble.get', { type, id }) as { id: string; values: Record<string, unknown> },
    );
  const copies = () => things('copy').map(({ values }) => [values['item_text'], values['title_text']].join(' '));
  const wanted = () => things('item').map(({ id, values }) => [id, values['title_text']].join(' '));
  const writes = () => sandbox.control.log.find().filter(({ method }) => method !== 'GET').length;
  /** Runs the pipeline and kills its process once the condition holds. */
  const killWhen = (args: readonly string[], condition: (child: ChildProcess) => boolean) =>
    stack.run(args, (child) => {
      const timer = setInterval(() => condition(child) && child.kill('SIGKILL'), 5);
      child.once('close', () => clearInterval(timer));
    });

  it('BW-07 F-RUN-01 in the sync, then in the write-back, and resumed: each thing once; one more run writes nothing', async () => {
    const inSync = await killWhen(
      ['run', 'copies'],
      (child) => descendants(child.pid ?? 0, 'destinations/duckdb').length > 0,
    );
    expect([inSync.signal, copies()]).toEqual(['SIGKILL', []]);
    sandbox.control.faults.add({ fault: { kind: 'slow_answer', delayMs: 30 }, match: { path: '/obj/copy' }, count: 0 });
    const inWriteBack = await killWhen(['run', 'copies', '--resume'], () => copies().length > 0);
    expect([inWriteBack.signal, copies().length < ITEMS]).toEqual(['SIGKILL', true]);
    sandbox.control.faults.clear();
    const resumed = await stack.succeed(['run', 'copies', '--resume']);
    expect(resumed.out).toContain('Done before: items');
    // The destination of the killed run did not go on by itself.
    expect(resumed.out).toMatch(/60 scanned, \d+ unchanged, [1-9]\d* created/);
    expect([...copies()].sort()).toEqual([...wanted()].sort());
    const before = writes();
    const again = await stack.succeed(['run', 'copies']);
    expect([writes() - before, again.out]).toEqual([0, expect.stringContaining(`${ITEMS} unchanged, 0 created`)]);
  }, 60_000);
});
