import fs from 'node:fs';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { descendants, Stack } from './stack.js';

const THINGS = 120_000;

describe('a Bubble type of 120,000 things that changes while it is read', () => {
  let sandbox: Sandbox;
  let stack: Stack;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2, now: '2024-09-01T08:00:00Z' });
    const fields = [
      { id: 'title_text', display: 'Title', type: 'text' },
      { id: 'count_number', display: 'Count', type: 'number' },
    ];
    sandbox.control.run('bubble.define', { definition: { name: 'thing', display: 'Thing', fields } });
    sandbox.control.run('bubble.seed', {
      type: 'thing',
      count: THINGS,
      created: '2024-05-01T00:00:00.000Z',
      stepMs: 50,
    });
    stack = new Stack(sandbox);
    stack.write(
      [
        {
          kind: 'Connection',
          name: 'things',
          source: 'bubble',
          destination: 'warehouse',
          streams: { thing: { sync: 'incremental dedup', primaryKey: '_id', cursor: 'Modified Date' } },
        },
      ],
      { bubble: { types: ['thing'] } },
    );
  });
  afterAll(async () => {
    stack.remove();
    await sandbox.close();
  });

  /** Edits and creations between pages, and faults, all over the read. */
  function disturb(): void {
    const { control } = sandbox;
    const all = sandbox.bubble.app.environment('live').table('thing');
    for (let page = 10; page < 1200; page += 17) {
      control.scripts.before(page, { path: '/obj/thing' }, () => {
        control.clock.advance(1000);
        const place = (page * 7919) % THINGS;
        const id = all.at(place).id;
        control.run('bubble.update', { type: 'thing', id, values: { title_text: `edited at page ${page}` } });
        control.run('bubble.insert', { type: 'thing', values: { title_text: `created at page ${page}` } });
      });
    }
    for (const [after, fault] of [
      [50, { kind: 'rate_limit', retryAfter: 'seconds', seconds: 0 }],
      [200, { kind: 'reset' }],
      [400, { kind: 'truncated_json' }],
      [600, { kind: 'status', status: 503 }],
      [800, { kind: 'reset', when: 'after' }],
    ] as const) {
      control.run('faults.add', { fault, after, count: 2, match: { path: '/obj/thing' } });
    }
  }

  it('BUB-01 BUB-02 loses none and leaves none stale at the end of the next run, in 150 MiB', async () => {
    disturb();
    let peakKb = 0;
    const result = await stack.run(['run', 'things'], (child) => {
      const timer = setInterval(() => {
        for (const pid of child.pid === undefined ? [] : descendants(child.pid, 'sources/bubble')) {
          peakKb = Math.max(peakKb, peakMemoryKb(pid));
        }
      }, 200);
      child.once('close', () => clearInterval(timer));
    });
    expect([result.code, result.err]).toEqual([0, expect.anything()]);
    sandbox.control.scripts.clear();
    await stack.succeed(['run', 'things']);
    const loaded = await stack.query('select _id, "Title", "Count"::varchar from thing order by _id');
    const all = sandbox.bubble.app.environment('live').table('thing');
    const truth = [...Array(all.size).keys()]
      .map((number) => all.at(number))
      .map((thing) => [thing.id, thing.values['title_text'] ?? null, thing.values['count_number'] ?? null]);
    expect(loaded.length).toBe(truth.length);
    expect(truth.length).toBeGreaterThan(THINGS + 50);
    const texts = new Map(loaded.map(([id, title]) => [id, title]));
    const stale = truth.filter(([id, title]) => texts.get(id) !== title);
    expect(stale).toEqual([]);
    expect(peakKb / 1024).toBeLessThanOrEqual(150);
    expect(peakKb).toBeGreaterThan(0);
  }, 240_000);
});

function peakMemoryKb(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
