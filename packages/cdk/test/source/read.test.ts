import { ConfigError, type JsonObject } from '@cuttle/protocol';
import { ownCursor } from '../../src/cursor/cursor.js';
import { datetimeCursor } from '../../src/cursor/datetime-cursor.js';
import type { Page } from '../../src/io/page.js';
import type { Context } from '../../src/source/context.js';
import { runSourceIn } from '../../src/source/run-source.js';
import { type AnyStream, Source } from '../../src/source/source.js';
import { type Checkpoint, Stream } from '../../src/source/stream.js';
import { type Line, memoryHost, writeFiles } from '../memory-host.js';

type Config = JsonObject;
type Part = Page | Checkpoint;
const NOW = Date.parse('2026-01-03T00:00:30Z');

/** A stream of fixed parts; an Error among them is thrown. */
class Fixed extends Stream<Config> {
  readonly schema = { type: 'object' };
  readonly name: string;
  readonly parts: readonly (Part | Error)[];

  constructor(name: string, parts: readonly (Part | Error)[]) {
    super();
    this.name = name;
    this.parts = parts;
  }

  override async *pages(_ctx: Context<Config>): AsyncIterable<Part> {
    for (const part of this.parts) {
      if (part instanceof Error) throw part;
      yield part;
    }
  }
}

class Own extends Fixed {
  override readonly cursor = ownCursor<Config>({ field: 'id', lookback: 'PT0S', settle: 'PT0S' });
  seen: JsonObject | undefined;

  override async *pages(ctx: Context<Config>): AsyncIterable<Part> {
    this.seen = ctx.state;
    yield* super.pages(ctx);
  }
}

class Days extends Stream<Config> {
  readonly name = 'days';
  readonly schema = { type: 'object' };
  override readonly cursor = datetimeCursor<Config>({
    field: 'at',
    start: () => '2026-01-01',
    step: 'P1D',
    lookback: 'PT0S',
    settle: 'PT30S',
    order: 'none',
  });
  readonly failing: string | undefined;

  constructor(failing?: string) {
    super();
    this.failing = failing;
  }

  override async *pages(_ctx: Context<Config>, slice: { start: string }): AsyncIterable<Part> {
    yield [{ at: slice.start, n: 1 }];
    if (slice.start.startsWith(this.failing ?? '-')) throw new Error('slice failed');
    yield [{ at: slice.start, n: 2 }];
  }
}

class Fake extends Source<Config> {
  readonly spec = { connectionSpecification: { type: 'object' } };
  readonly all: readonly AnyStream<Config>[];

  constructor(all: readonly AnyStream<Config>[]) {
    super();
    this.all = all;
  }

  async check(): Promise<void> {}
  streams(
    ..._around: Parameters<Source<Config>['streams']>
  ): readonly AnyStream<Config>[] | Promise<readonly AnyStream<Config>[]> {
    return this.all;
  }
}

const configured = (name: string, sync_mode = 'full_refresh', extra: object = {}) => ({
  stream: { name, json_schema: {}, supported_sync_modes: ['full_refresh'] },
  sync_mode,
  destination_sync_mode: 'append',
  ...extra,
});

/** Rows are told apart by a key, so slices may be read side by side. */
const keyedDays = { ...configured('days', 'incremental'), destination_sync_mode: 'append_dedup', primary_key: [['n']] };

async function read(all: AnyStream<Config>[], streams: object[], state: unknown = [], signalWhen?: string) {
  const files = writeFiles({ config: {}, catalog: { streams }, state });
  const argv = ['read', '--config', files['config']!, '--catalog', files['catalog']!, '--state', files['state']!];
  const { host, stdout, events } = memoryHost(argv, () => NOW);
  if (signalWhen !== undefined) {
    const timer = setInterval(() => {
      if (!stdout.text.includes(signalWhen)) return;
      clearInterval(timer);
      events.emit('SIGTERM');
    }, 1);
  }
  const exitCode = await runSourceIn(new Fake(all), host);
  const lines = stdout.lines;
  const short = (line: Line) =>
    line.record !== undefined
      ? `${line.record.stream}#`
      : line.state !== undefined
        ? `${line.state.stream.stream_descriptor.name} STATE`
        : line.trace?.error !== undefined
          ? 'ERROR'
          : line.trace !== undefined
            ? `${line.trace.stream_status.stream_descriptor.name} ${line.trace.stream_status.status}`
            : undefined;
  const states = lines.flatMap((line) => (line.state === undefined ? [] : [line.state.stream.stream_state]));
  return { exitCode, lines, states, story: lines.map(short).filter((text) => text !== undefined) };
}

describe('read loop', () => {
  it('R-05 R-06 statuses, records and a last state in order; empty pages and empty streams too', async () => {
    const one = await read([new Fixed('a', [[], [{ id: 1 }, { id: 2 }], []])], [configured('a')]);
    expect(one.exitCode).toBe(0);
    expect(one.story).toEqual(['a STARTED', 'a RUNNING', 'a#', 'a#', 'a STATE', 'a COMPLETE']);
    expect(one.lines.find((line) => line.state).state.sourceStats).toEqual({ recordCount: 2 });
    const none = await read([new Fixed('a', [])], [configured('a')]);
    expect(none.story).toEqual(['a STARTED', 'a RUNNING', 'a STATE', 'a COMPLETE']);
  });

  it('D-PLN-07 no STATE before the last record of a full refresh; a marker at its end', async () => {
    const parts = [[{ id: 1 }], { checkpoint: { at: 1 } }, [{ id: 2 }], { checkpoint: { at: 2 } }];
    const plain = await read([new Own('a', parts)], [configured('a')]);
    expect(plain.states).toEqual([{ __ab_full_refresh_sync_complete: true }]);
    const days = await read([new Days()], [configured('days')]);
    expect(days.states).toEqual([{ __ab_full_refresh_sync_complete: true }]);
  });

  it('D-NAM-06 an empty namespace in catalog and state is none', async () => {
    const own = new Own('a', [[{ id: 1 }], { checkpoint: { at: 1 } }]);
    const wanted = configured('a', 'incremental') as { readonly stream: object };
    const stream = { ...wanted, stream: { ...wanted.stream, namespace: '' } };
    const stream_descriptor = { name: 'a', namespace: '' };
    const { exitCode, lines } = await read(
      [own],
      [stream],
      [{ type: 'STREAM', stream: { stream_descriptor, stream_state: { at: 7 } } }],
    );
    expect([exitCode, own.seen]).toEqual([0, { at: 7 }]);
    expect(JSON.stringify(lines)).not.toContain('namespace');
  });

  it('with a generation id a full refresh checkpoints, and only the same generation goes on from it', async () => {
    const parts = [[{ id: 1 }], { checkpoint: { at: 1 } }];
    const strict = configured('a', 'full_refresh', { generation_id: 7, minimum_generation_id: 7 });
    const { states } = await read([new Own('a', parts)], [strict]);
    expect(states).toEqual([{ at: 1, generation_id: 7 }, { __ab_full_refresh_sync_complete: true }]);
    const resume = async (stream: object, stream_state: object) => {
      const own = new Own('a', parts);
      await read([own], [stream], [{ type: 'STREAM', stream: { stream_descriptor: { name: 'a' }, stream_state } }]);
      return own.seen;
    };
    expect(await resume(strict, states[0])).toEqual({ at: 1 });
    expect(await resume({ ...strict, generation_id: 8 }, states[0])).toBeUndefined();
    expect(await resume(configured('a'), states[0])).toBeUndefined();
    expect(await resume(configured('a', 'incremental'), states[0])).toBeUndefined();
    expect(await resume(strict, { at: 5 })).toBeUndefined();
    expect(await resume(configured('a', 'incremental'), { at: 5, seq: 2 })).toEqual({ at: 5 });
  });

  it('R-07 an unknown stream is reported, the others run, exit 1', async () => {
    const { exitCode, story, lines } = await read([new Fixed('a', [[{ id: 1 }]])], [configured('zz'), configured('a')]);
    expect(exitCode).toBe(1);
    expect(story.filter((text) => text === 'ERROR')).toHaveLength(1);
    expect(story).toEqual(expect.arrayContaining(['zz INCOMPLETE', 'a COMPLETE']));
    const errors = lines.flatMap((line) => line.trace?.error ?? []);
    expect(errors.map((error) => error.stream_descriptor.name)).toEqual(['zz']);
  });

  it('a stream without a cursor that a client asks for incrementally is read as a full refresh', async () => {
    const { exitCode, story, states, lines } = await read(
      [new Fixed('a', [[{ id: 1 }]])],
      [configured('a', 'incremental')],
    );
    expect([exitCode, story.at(-1), states]).toEqual([0, 'a COMPLETE', [{ __ab_full_refresh_sync_complete: true }]]);
    const warnings = lines.flatMap((line) => (line.log?.level === 'WARN' ? [line.log.message] : []));
    expect(warnings).toEqual([expect.stringMatching(/"a" has no cursor.*full refresh/)]);
  });

  it('R-20 a failing stream ends INCOMPLETE and the others complete', async () => {
    const { exitCode, story } = await read(
      [new Fixed('a', [[{ id: 1 }], new Error('boom')]), new Fixed('b', [[{ id: 1 }]])],
      [configured('a'), configured('b')],
    );
    expect(exitCode).toBe(1);
    expect(story).toContain('b COMPLETE');
    expect(story).toContain('a INCOMPLETE');
    expect(story).not.toContain('a COMPLETE');
    expect(story).not.toContain('a STATE');
    expect(story.filter((text) => text === 'ERROR')).toHaveLength(1);
  });

  it('a refused credential stops everything with one error', async () => {
    const refused = new ConfigError('refused', { code: 'CREDENTIAL_REJECTED' });
    const endless = new Fixed(
      'b',
      Array.from({ length: 5000 }, (_, id) => [{ id }]),
    );
    const { exitCode, story } = await read(
      [new Fixed('a', [[{ id: 1 }], refused]), endless],
      [configured('a'), configured('b')],
    );
    expect(exitCode).toBe(1);
    expect(story).toContain('b INCOMPLETE');
    expect(story.filter((text) => text === 'ERROR')).toHaveLength(1);
  });

  it('R-11 a failed slice never closes; slices that closed are kept; the next run reads the gap', async () => {
    const { exitCode, states } = await read([new Days('2026-01-01')], [keyedDays]);
    expect(exitCode).toBe(1);
    expect(states.at(-1)?.slices).toEqual([{ start: '2026-01-02T00:00:00.000Z', end: '2026-01-03T00:00:00.000Z' }]);
    const state = [{ type: 'STREAM', stream: { stream_descriptor: { name: 'days' }, stream_state: states.at(-1) } }];
    const next = await read([new Days()], [configured('days', 'incremental')], state);
    const rows = next.lines.flatMap((line) => line.record?.data ?? []);
    expect(rows.map((row) => row.at.slice(0, 10))).toEqual(['2026-01-01', '2026-01-01']);
    expect(next.states.at(-1)?.slices).toEqual([
      { start: '2026-01-01T00:00:00.000Z', end: '2026-01-03T00:00:00.000Z' },
    ]);
  });

  it('D-EX-05 without a key slices are read one after another, so that a second attempt sends the same again', async () => {
    const once = await read([new Days()], [configured('days', 'incremental')]);
    const again = await read([new Days()], [configured('days', 'incremental')]);
    const sent = ({ lines }: typeof once) => lines.flatMap(({ record, state }) => record?.data ?? state?.stream ?? []);
    expect(sent(once)).toEqual(sent(again));
    const days = once.lines.flatMap((line) => line.record?.data?.at ?? []);
    expect(days).toEqual([...days].sort());
    expect(days.length).toBeGreaterThan(2);
  });

  it('R-06 counts of all states add up to the records, with slices side by side', async () => {
    const { lines } = await read([new Days()], [keyedDays]);
    let since = 0;
    for (const line of lines) {
      if (line.record) since += 1;
      if (!line.state) continue;
      expect(line.state.sourceStats.recordCount).toBe(since);
      since = 0;
    }
    expect(since).toBe(0);
  });

  it('R-12 R-13 unknown and repeated states: one state, content kept, the unknown one is warned about', async () => {
    const stored = [
      { type: 'STREAM', stream: { stream_descriptor: { name: 'a' }, stream_state: { at: 9 } } },
      { type: 'STREAM', stream: { stream_descriptor: { name: 'gone' }, stream_state: { at: 9 } } },
    ];
    const { states, lines, exitCode } = await read([new Own('a', [])], [configured('a', 'incremental')], stored);
    expect([states, exitCode]).toEqual([[{ at: 9 }], 0]);
    expect(lines.some((line) => line.log?.level === 'WARN' && line.log.message.includes('gone'))).toBe(true);
  });

  it('C-08 SIGTERM ends a stream INCOMPLETE, never COMPLETE, with one ERROR and exit 143', async () => {
    class Endless extends Fixed {
      override async *pages(): AsyncIterable<Part> {
        for (let id = 0; ; id += 1) {
          yield [{ id }];
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      }
    }
    const { exitCode, story } = await read([new Endless('a', [])], [configured('a')], [], 'STARTED');
    expect(exitCode).toBe(143);
    expect(story.slice(-2)).toEqual(['a INCOMPLETE', 'ERROR']);
    expect(story).not.toContain('a STATE');
  });

  it('C-08 SIGTERM while the streams are made ends the read before it begins', async () => {
    class Slow extends Fake {
      override async streams(): Promise<readonly AnyStream<Config>[]> {
        events.emit('SIGTERM');
        return this.all;
      }
    }
    const files = writeFiles({ config: {}, catalog: { streams: [configured('a')] } });
    const argv = ['read', '--config', files['config']!, '--catalog', files['catalog']!];
    const { host, stdout, events } = memoryHost(argv, () => NOW);
    const stream = new Fixed('a', [[{ id: 1 }]]);
    expect(await runSourceIn(new Slow([stream]), host)).toBe(143);
    expect(stdout.lines.filter((line) => line.record !== undefined)).toEqual([]);
    expect(stdout.lines.filter((line) => line.trace?.error !== undefined)).toHaveLength(1);
  });

  it('tells the source what is configured and from which states it starts, before any stream is read', async () => {
    const seen: unknown[] = [];
    class Shared extends Fake {
      override streams(...[, wanted, stored]: Parameters<Source<Config>['streams']>): readonly AnyStream<Config>[] {
        seen.push(
          wanted?.map(({ stream }) => stream.name),
          [...(stored?.values() ?? [])],
        );
        return this.all;
      }
    }
    const state = [{ type: 'STREAM', stream: { stream_descriptor: { name: 'a' }, stream_state: { at: 7 } } }];
    const files = writeFiles({ config: {}, catalog: { streams: [configured('a'), configured('b')] }, state });
    const argv = ['read', '--config', files['config']!, '--catalog', files['catalog']!, '--state', files['state']!];
    const source = new Shared([new Fixed('a', []), new Fixed('b', [])]);
    expect(await runSourceIn(source, memoryHost(argv, () => NOW).host)).toBe(0);
    expect(seen).toEqual([['a', 'b'], [{ at: 7 }]]);
  });
});
