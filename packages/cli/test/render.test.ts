import type { Progress, RunEvent } from '@cuttle/runner';
import { exitCodeOf, pipelineExitCode } from '../src/exit-code.js';
import { ProgressView } from '../src/render/progress.js';
import { byteSize, count, duration, rate } from '../src/render/quantity.js';
import { renderRuns } from '../src/render/run-result.js';
import { renderTable } from '../src/render/table.js';
import { paint, safeTerminal, type Terminal } from '../src/terminal.js';

function view(more: Partial<Terminal>): { readonly view: ProgressView; written(): string } {
  let text = '';
  const terminal: Terminal = {
    out: () => {},
    err: (part) => {
      text += part;
    },
    isInteractive: false,
    hasColour: false,
    width: 120,
    environment: {},
    folder: '/',
    ...more,
  };
  return { view: new ProgressView(safeTerminal(terminal), false), written: () => text };
}

const stream = {
  stream: { name: 'orders' },
  destination: { name: 'orders' },
  status: 'RUNNING' as const,
  records: 12_345,
  bytes: 5_600_000,
  filtered: 0,
  states: 3,
  acknowledgedStates: 2,
  elapsedMs: 1000,
};
const progress = (elapsedMs: number): RunEvent => {
  const data: Progress = { connection: 'a', elapsedMs, streams: [stream] };
  return { type: 'progress', progress: data };
};

describe('tables', () => {
  it('align, cut and never let data move the cursor', () => {
    const table = renderTable(
      [
        { title: 'a', maxWidth: 5 },
        { title: 'n', align: 'right' },
      ],
      [
        ['x\u001b[2J\ny', '1'],
        ['😀😀', '100'],
      ],
    );
    expect(table).toBe('a        n\n-----  ---\nx\\u0…    1\n😀😀     100\n');
  });
});

describe('quantities', () => {
  it('are short', () => {
    expect([
      count(1234567),
      byteSize(999),
      byteSize(1_500_000),
      duration(400),
      duration(75_000),
      duration(723_000),
    ]).toEqual(['1,234,567', '999 B', '1.5 MB', '0.4 s', '75 s', '12 min 3 s']);
    expect([rate(1000, 500), rate(0, 10), rate(5, 0)]).toEqual(['2,000', '-', '-']);
  });
});

describe('progress', () => {
  it('is redrawn on a terminal: the cursor goes back over the block', () => {
    const { view: shown, written } = view({ isInteractive: true, hasColour: true });
    shown.show(progress(100));
    shown.show(progress(200));
    shown.end();
    expect(written()).toContain('orders  RUNNING  12,345 rows  12,345 rows/s  5.6 MB  states 2/3');
    expect(written().match(/\u001b\[2A\u001b\[0J/g)).toHaveLength(2);
  });

  it('is a plain line now and then elsewhere, without colour or cursor codes', () => {
    const { view: shown, written } = view({});
    for (let ms = 1000; ms <= 25_000; ms += 1000) shown.show(progress(ms));
    shown.show({ type: 'error', connection: 'a', error: { origin: 'source', message: 'bad \u001b[2J text' } });
    expect(written().match(/^a: orders/gm)).toHaveLength(2);
    expect(written()).not.toContain('\u001b');
    expect(written()).toContain('a: error (source) bad \\u001b[2J text');
  });
});

describe('exit codes', () => {
  it('G-24 each outcome has its code', () => {
    const codes = (['succeeded', 'failed', 'partial', 'invalid', 'unauthorized', 'locked', 'cancelled'] as const).map(
      exitCodeOf,
    );
    expect(codes).toEqual([0, 1, 3, 4, 5, 7, 130]);
  });

  it('a pipeline has the code of its runs when they agree', () => {
    const run = (outcome: 'succeeded' | 'failed' | 'locked' | 'invalid') => ({
      connection: 'a',
      outcome,
      startedAt: '',
      elapsedMs: 0,
      streams: [],
      errors: [],
    });
    const code = (outcomes: Parameters<typeof run>[0][], skipped: string[] = []): number =>
      pipelineExitCode({ runs: outcomes.map(run), actions: [], reused: [], skipped });
    expect(code(['succeeded', 'succeeded'])).toBe(0);
    expect(code(['succeeded', 'failed'])).toBe(3);
    expect(code(['failed', 'failed'])).toBe(1);
    expect(code(['locked', 'locked'])).toBe(7);
    expect(code(['failed', 'locked'])).toBe(1);
    expect(code(['failed'], ['later'])).toBe(1);
  });

  it('a failed action is an error whatever the runs did, and shows its reasons without control characters', () => {
    const action = (outcome: 'failed' | 'succeeded' | 'cancelled') => ({
      name: 'transform dbt/shop',
      outcome,
      summary: '3 passed, 1 failed',
      errors: ['fail test a\nrow \u001b[2Jx'],
      startedAt: '',
      elapsedMs: 1500,
    });
    const result = { runs: [], actions: [action('failed')], reused: ['a'], skipped: ['report shop'] };
    expect(pipelineExitCode(result)).toBe(1);
    expect(pipelineExitCode({ ...result, actions: [action('cancelled')] })).toBe(130);
    expect(pipelineExitCode({ ...result, actions: [action('succeeded')], skipped: [] })).toBe(0);
    expect(renderRuns(result, paint({ hasColour: false } as Terminal))).toBe(
      [
        'Done before: a',
        'transform dbt/shop: failed, 3 passed, 1 failed in 1.5 s',
        '  fail test a',
        '  row \\u001b[2Jx',
        'Not begun, because a step before failed: report shop',
        '',
      ].join('\n'),
    );
  });
});
