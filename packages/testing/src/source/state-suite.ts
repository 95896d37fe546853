import fs from 'node:fs';
import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import { readJson } from '../harness/golden.js';
import { connectorFile, isLong } from '../harness/workspace.js';
import { SourceBench, stateOf } from './bench.js';
import { onBench } from './on-bench.js';
import type { SourceProfile, StandIn } from './profile.js';
import { expectEverything } from './read-suite.js';
import { SourceRead } from './source-read.js';

/** what a read makes of the state that it starts from. */
export function stateSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const check = onBench(profile, () => SourceBench.open(profile));
  const { stream } = profile.paged;
  const identities = (read: SourceRead) => read.data(stream).map((data) => profile.identity(stream, data));
  /** Fails when rows that the state covers came again although nothing has changed. */
  const expectNotCovered = (
    read: SourceRead,
    state: JsonObject,
    exempt: (data: JsonObject) => boolean = () => false,
  ) => {
    const again = read.data(stream).filter((data) => profile.isCovered(stream, data, state) && !exempt(data));
    expect(again).toEqual([]);
  };

  check('R-10', 'a second read gives all new rows and, apart from the lookback, no old one', async (bench) => {
    const streams = await bench.streams();
    const first = (await bench.read(streams)).expectSuccess();
    const idle = (await bench.read(streams, { state: first.lastStates })).expectSuccess();
    for (const {
      stream: { name },
    } of streams) {
      const state = first.lastState(name) as JsonObject;
      expect(idle.data(name).filter((data) => profile.isCovered(name, data, state))).toEqual([]);
    }
    const { arrives, mayRepeat } = profile.mutate(bench.standIn);
    expect(Object.keys(arrives).length).toBeGreaterThan(0);
    const second = (await bench.read(streams, { state: idle.lastStates })).expectSuccess();
    for (const {
      stream: { name },
    } of streams) {
      const found = second.data(name).map((data) => profile.identity(name, data));
      const fresh = arrives[name] ?? [];
      expect([name, fresh.filter((row) => !found.includes(row))]).toEqual([name, []]);
      const state = idle.lastState(name) as JsonObject;
      const old = second
        .data(name)
        .filter((data) => !fresh.includes(profile.identity(name, data)) && mayRepeat?.(name, data) !== true)
        .filter((data) => profile.isCovered(name, data, state));
      expect([name, old]).toEqual([name, []]);
    }
  });

  check('R-11', 'restarted from every emitted state: records before it and after cover all rows', async (bench) => {
    const streams = await bench.paged();
    const whole = (await bench.read(streams)).expectSuccess();
    expectEverything(bench, whole, streams);
    const truth = new Set(profile.truth(bench.standIn)[stream]);
    const stops = stopsOf(whole);
    expect(stops.length).toBeGreaterThanOrEqual(10);
    for (const { before, state } of sample(stops, isLong ? stops.length : 10)) {
      const rest = (await bench.read(streams, { state: stateOf(stream, state) })).expectSuccess();
      const union = new Set([...before.map((data) => profile.identity(stream, data)), ...identities(rest)]);
      expect([state, [...truth].filter((row) => !union.has(row))]).toEqual([state, []]);
      expectNotCovered(rest, state);
    }
  });

  check('R-12', 'a state in the far future: no record, a state, which does not move back', async (bench) => {
    const streams = await bench.paged();
    const state = profile.futureState;
    const read = (await bench.read(streams, { state: stateOf(stream, state) })).expectSuccess();
    expect(read.records).toEqual([]);
    const after = read.lastState(stream);
    expect(after).toBeDefined();
    expect(profile.positionOf(after as JsonObject) >= profile.positionOf(state)).toBe(true);
  });

  check('R-13', 'empty states, old forms and states of other streams: everything is read', async (bench) => {
    const streams = await bench.streams([stream]);
    const states: readonly unknown[] = [
      [],
      {},
      null,
      stateOf(stream, {}),
      stateOf(stream, null),
      stateOf('no_such_stream', { position: 7 }),
      { [stream]: {} },
      { type: 'LEGACY', data: {} },
      { type: 'GLOBAL', global: { shared_state: {}, stream_states: [] } },
      stateOf(stream, { __ab_full_refresh_sync_complete: true }),
    ];
    for (const state of states) {
      const read = (await bench.read(streams, { state })).expectSuccess();
      expectEverything(bench, read, streams);
    }
  });

  check('R-13', 'a state that a full refresh left behind: everything is read, with a warning', async (bench) => {
    const streams = await bench.streams([stream]);
    for (const state of [
      { __ab_full_refresh_sync_complete: true },
      { ...profile.futureState, generation_id: 7 },
      [1],
    ]) {
      const read = (await bench.read(streams, { state: stateOf(stream, state) })).expectSuccess();
      expectEverything(bench, read, streams);
      expectWarning(read, stream);
    }
  });

  for (const { title, state, outcome } of profile.officialStates) {
    check('R-13', `a state of an official connector: ${title}`, async (bench) => {
      const streams = await bench.streams([stream]);
      const whole = (await bench.read(streams)).expectSuccess().data(stream).length;
      const read = await bench.read(streams, { state: state(bench.standIn) });
      if (outcome instanceof RegExp) {
        expect([read.exitCode, read.records.length]).toEqual([1, 0]);
        expect(read.errors[0]).toMatchObject({ failureType: 'config_error', message: expect.stringMatching(outcome) });
        return;
      }
      read.expectSuccess();
      if (outcome === 'warned') {
        expectEverything(bench, read, streams);
        expectWarning(read, stream);
      } else {
        expect(read.data(stream).length).toBeLessThan(whole);
        expect(read.warnings.filter((text) => text.includes('not understood'))).toEqual([]);
      }
    });
  }

  check(
    'R-13',
    'states of every released version: read on from, everything they do not cover and nothing they do',
    async (bench) => {
      const streams = await bench.streams([stream]);
      const whole = (await bench.read(streams)).expectSuccess();
      const folder = connectorFile(profile.folder, 'test', 'released');
      const files = fs.readdirSync(folder).filter((name) => name.startsWith('state-'));
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const stored = readJson(`${folder}/${file}`) as JsonObject;
        const state = profile.alignState?.(bench.standIn, stored) ?? stored;
        const read = (await bench.read(streams, { state: stateOf(stream, state) })).expectSuccess();
        expectNotCovered(read, state);
        const wanted = whole.data(stream).filter((data) => !profile.isCovered(stream, data, state));
        const found = new Set(identities(read));
        expect([file, wanted.filter((data) => !found.has(profile.identity(stream, data)))]).toEqual([file, []]);
        expect(wanted.length).toBeLessThan(whole.data(stream).length);
      }
    },
  );

  check('R-13', 'broken states: refused with a reason, or everything is read, with a warning', async (bench) => {
    const streams = await bench.streams([stream]);
    const broken: readonly (readonly [unknown, 'everything' | RegExp])[] = [
      ['a text', /state/i],
      [7, /state/i],
      [[{ type: 'STREAM', stream: {} }], /state/i],
      ...profile.oddStates.map(({ state, outcome }) => [stateOf(stream, state), outcome] as const),
    ];
    for (const [state, outcome] of broken) {
      const read = await bench.read(streams, { state });
      if (outcome === 'everything') {
        expectEverything(bench, read.expectSuccess(), streams);
        expectWarning(read, stream);
      } else {
        expect([state, read.exitCode, read.records.length]).toEqual([state, 1, 0]);
        expect(read.errors[0]).toMatchObject({ failureType: 'config_error', message: expect.stringMatching(outcome) });
      }
    }
  });

  check(
    'R-14',
    'killed (SIGKILL) at each page and resumed: no gap; again comes only what no state covered',
    async (bench) => {
      const streams = await bench.paged();
      const truth = new Set(profile.truth(bench.standIn)[stream]);
      const pages = await countPages(bench, streams);
      expect(pages).toBeGreaterThanOrEqual(10);
      let kills = 0;
      for (const page of sample([...Array(pages).keys()], isLong ? pages : 6)) {
        const killed = await readKilled(bench, streams, page + 1);
        if (killed.result.signal === 'SIGKILL') kills += 1;
        const state = killed.lastState(stream);
        const options = state === undefined ? {} : { state: killed.lastStates };
        const rest = (await bench.read(streams, options)).expectSuccess();
        const union = new Set([...identities(killed), ...identities(rest)]);
        expect([page, [...truth].filter((row) => !union.has(row))]).toEqual([page, []]);
        if (state !== undefined) expectNotCovered(rest, state);
      }
      expect(kills).toBeGreaterThanOrEqual(isLong ? pages - 1 : 5);
    },
    180_000,
  );

  async function countPages(bench: SourceBench<S>, streams: readonly ConfiguredStream[]): Promise<number> {
    bench.standIn.control.run('requests.clear');
    (await bench.read(streams)).expectSuccess();
    return Number(bench.standIn.control.run('requests.count', { ...profile.paged.page }));
  }

  /** A read that is killed while the nth page is asked for. */
  async function readKilled(
    bench: SourceBench<S>,
    streams: readonly ConfiguredStream[],
    nth: number,
  ): Promise<SourceRead> {
    let kill: () => void = () => undefined;
    bench.standIn.control.scripts.before(nth, profile.paged.page, () => kill());
    const result = await bench.run(bench.readArgs(streams), {
      onStart: (child) => {
        kill = () => child.kill('SIGKILL');
      },
    });
    return new SourceRead(result, streams);
  }

  /** Every state of the stream with the data of the records before it. */
  function stopsOf(
    read: SourceRead,
  ): readonly { readonly before: readonly JsonObject[]; readonly state: JsonObject }[] {
    const before: JsonObject[] = [];
    const stops: { before: readonly JsonObject[]; state: JsonObject }[] = [];
    for (const { message } of read.result.messages) {
      if (message.type === 'RECORD') before.push(message.record.data);
      if (message.type === 'STATE') {
        stops.push({ before: [...before], state: message.state.stream?.stream_state as JsonObject });
      }
    }
    return stops;
  }
}

/** Fails unless a warning names the stream and says what an unreadable state leads to. */
function expectWarning(read: SourceRead, stream: string): void {
  const consequence = /So .+ (read|listed|begins|found)\b.*\./;
  const found = read.warnings.filter((text) => text.includes(`"${stream}"`) && consequence.test(text));
  expect([read.warnings, found.length > 0]).toEqual([read.warnings, true]);
}

/** At most `count` items, spread evenly, the first and last among them. */
function sample<T>(items: readonly T[], count: number): readonly T[] {
  if (items.length <= count) return items;
  return Array.from(
    { length: count },
    (_, index) => items[Math.round((index * (items.length - 1)) / (count - 1))] as T,
  );
}
