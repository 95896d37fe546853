import { type AirbyteMessage, canonicalJson, encodeMessage } from '@cuttle/protocol';
import { writeJson } from '../harness/folder.js';
import { errorsOf, messagesOf, runCommand, statesOf } from '../harness/run-command.js';
import { isFull } from '../harness/workspace.js';
import { complete, incomplete, range, rawRecord, record, state, streamOf } from './fixture.js';
import type { DestinationProfile } from './profile.js';
import { openSuite } from './suite.js';

const users = streamOf('users', { id: 'integer', name: 'string' }, { generation: 1 });

/** D-ST: states, statuses and broken input. */
export function protocolSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const { check } = suite;
  const many = isFull ? (profile.manyStreams ?? 1000) : 25;

  check('D-ST-01', 'rows behind an emitted state survive a SIGKILL right after it', async () => {
    suite.warehouse.config = { ...suite.warehouse.config, commit_interval_ms: 200 };
    const input = endless([...range(50).map((id) => record(users, { id })), state(users, { id: 49 })]);
    const killed = await suite.warehouse.write([users], input, {
      onMessage: (message, child) => {
        if (message.type === 'STATE') child.kill('SIGKILL');
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    await suite.warehouse.write([users], []);
    expect(await suite.warehouse.rows('users')).toHaveLength(50);
  });

  check('D-ST-02', 'states come back once, in order, unchanged, with destinationStats', async () => {
    const first =
      '{"type":"STATE","state":{"stream":{"stream_state":{"big":9007199254740993,"f":3.0},"stream_descriptor":{"name":"users"}},"type":"STREAM","id":17,"sourceStats":{"recordCount":2.0},"extra":{"a":[1]}}}';
    const second = state(users, { n: 2 });
    const result = await suite.warehouse.load(
      [users],
      [record(users, { id: 1 }), record(users, { id: 2 }), first, record(users, { id: 3 }), second, complete(users)],
    );
    const states = statesOf(result);
    expect(states.map(({ destinationStats }) => destinationStats)).toEqual([{ recordCount: 2 }, { recordCount: 1 }]);
    expect(result.lines.filter((line) => line.includes('STATE'))[0]).toContain('"recordCount":2.0');
    const without = result.lines
      .filter((line) => line.includes('"STATE"'))
      .map((line) => line.replace(/"destinationStats":\{[^}]*\},?/, ''));
    expect(without[0]).toContain('"big":9007199254740993,"f":3.0');
    expect(without.map((line) => canonicalJson(JSON.parse(line)))).toEqual(
      [first, second].map((line) => canonicalJson(JSON.parse(line))),
    );
  });

  check('D-ST-02', 'a state that is nested 5,000 deep comes back as it was', async () => {
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    const line = `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":${deep}}}}`;
    const result = await suite.warehouse.load([users], [record(users, { id: 1 }), line, complete(users)]);
    const [echoed] = result.lines.filter((text) => text.includes('"STATE"'));
    expect(echoed).toContain(deep);
  });

  check('D-ST-03', 'a trickle is committed by time, not only by size', async () => {
    suite.warehouse.config = { ...suite.warehouse.config, commit_interval_ms: 200 };
    let arrived = () => undefined as unknown;
    const trickle = async function* () {
      for (const id of range(3)) {
        // What is not committed while the input is open is waited for without end.
        const echo = new Promise((resolve) => {
          arrived = () => resolve(undefined);
        });
        yield record(users, { id });
        yield state(users, { id }) + ' '.repeat(256 * 1024);
        await echo;
      }
      yield complete(users);
    };
    const onMessage = ({ type }: AirbyteMessage) => {
      if (type === 'STATE') arrived();
    };
    const result = await suite.warehouse.write([users], trickle(), { timeoutMs: 20_000, onMessage });
    expect([result.exitCode, statesOf(result).length]).toEqual([0, 3]);
  });

  check(
    'D-ST-04',
    'without COMPLETE, or with INCOMPLETE, acknowledged rows stay and the exit code is not 0',
    async () => {
      const one = [record(users, { id: 1 }), state(users, { id: 1 })];
      const open = await suite.warehouse.write([users], [...one, record(users, { id: 2 })]);
      expect(open.exitCode).not.toBe(0);
      expect(
        errorsOf(open)
          .map(({ message }) => message)
          .join(),
      ).toContain('"users"');
      expect(statesOf(open)).toHaveLength(1);
      expect(await suite.warehouse.data('users')).toEqual([{ id: '1', name: null }]);
      const plain = streamOf('plain', { id: 'integer' });
      const failed = await suite.warehouse.write(
        [plain],
        [record(plain, { id: 1 }), state(plain, { id: 1 }), incomplete(plain)],
      );
      expect(failed.exitCode).not.toBe(0);
      expect(await suite.warehouse.rows('plain')).toHaveLength(1);
    },
  );

  check('D-ST-05', 'input that ends inside of a line is an error; earlier states are emitted', async () => {
    const lines = [record(users, { id: 1 }), state(users, { id: 1 }), record(users, { id: 2 }).slice(0, -9)];
    const result = await suite.warehouse.write([users], lines, { isCut: true });
    expect(result.exitCode).not.toBe(0);
    expect(errorsOf(result)[0]?.message).toContain('line 3');
    expect(statesOf(result)).toHaveLength(1);
    expect(await suite.warehouse.rows('users')).toHaveLength(1);
  });

  const broken: readonly (readonly [string, string, string])[] = [
    ['text that is not JSON', 'hello SECRETCONTENT', 'line 3'],
    ['JSON that is cut inside of a record', `${record(users, { id: 2 }).slice(0, 60)}SECRETCONTENT`, 'line 3'],
    ['a record broken in its middle', record(users, { id: 2 }).replace('{"id"', '{"id" "SECRETCONTENT"'), 'line 3'],
    ['a record of a stream outside the catalog', record('strangers', { id: 'SECRETCONTENT' }), '"strangers"'],
  ];
  for (const [name, line, place] of broken) {
    check('D-ST-06', `${name}: fails naming the place, not the content; nothing after it is acknowledged`, async () => {
      const lines = [
        record(users, { id: 1 }),
        state(users, { id: 1 }),
        line,
        record(users, { id: 3 }),
        state(users, { id: 3 }),
      ];
      const result = await suite.warehouse.write([users], [...lines, complete(users)], { needsProcess: true });
      expect(result.exitCode).not.toBe(0);
      expect(errorsOf(result)[0]?.message).toContain(place);
      expect(result.lines.join('') + result.stderr).not.toContain('SECRETCONTENT');
      expect(statesOf(result).length).toBeLessThanOrEqual(1);
      if (statesOf(result).length === 1) expect(await suite.warehouse.rows('users')).toHaveLength(1);
    });
  }

  check('D-ST-06', 'a record after COMPLETE fails', async () => {
    const result = await suite.warehouse.write(
      [users],
      [complete(users), record(users, { id: 1 }), state(users, { id: 1 })],
    );
    expect(result.exitCode).not.toBe(0);
    expect(errorsOf(result)[0]?.message).toMatch(/line 2.*"users".*COMPLETE/);
    expect(statesOf(result)).toHaveLength(0);
  });

  check('D-ST-06', 'JSON that the engine refuses ends in the table or in a counted rejection', async () => {
    const lines = [
      record(users, { id: 1, name: 'before' }),
      rawRecord('users', '{"id":2,"name":"lone \\ud800 surrogate"}'),
      rawRecord('users', '{"id":3,"name":"first","name":"second"}'),
      rawRecord('users', '5'),
      record(users, { id: 5, name: 'after' }),
      state(users, { id: 5 }),
      complete(users),
    ];
    const result = await suite.warehouse.load([users], lines);
    const rows = await suite.warehouse.data('users');
    expect(rows.map(({ id }) => id).sort()).toEqual(['1', '2', '3', '5']);
    expect(rows.find(({ id }) => id === '3')?.['name']).toBe('second');
    expect(statesOf(result)[0]?.destinationStats).toEqual({ recordCount: 5, rejectedRecordCount: 1 });
    expect(messagesOf(result, 'LOG').some(({ log }) => log.level === 'WARN' && log.message.includes('"users"'))).toBe(
      true,
    );
  });

  for (const mode of profile.needsMatch === true ? (['append'] as const) : (['append', 'append_dedup'] as const)) {
    check('D-ST-06', `a rejected record counts with the GLOBAL state behind it: ${mode}`, async () => {
      const options = { generation: 1, syncId: 2, mode, key: ['id'] } as const;
      const [a, b] = ['users', 'plain'].map((name) => streamOf(name, { id: 'integer' }, options)) as [
        typeof users,
        typeof users,
      ];
      const lines = [
        ...[record(a, { id: 1 }), record(b, { id: 1 }), rawRecord('users', '5'), globalState(1)],
        ...[
          record(b, { id: 2 }),
          rawRecord('plain', '5'),
          rawRecord('plain', '5'),
          record(a, { id: 2 }),
          globalState(2),
        ],
        ...[record(a, { id: 3 }), globalState(3), complete(a), complete(b)],
      ];
      const result = await suite.warehouse.load([a, b], lines);
      expect(statesOf(result).map(({ destinationStats }) => destinationStats)).toEqual([
        { recordCount: 3, rejectedRecordCount: 1 },
        { recordCount: 4, rejectedRecordCount: 2 },
        { recordCount: 1 },
      ]);
    });

    check('D-ST-06', `a rejected record that was committed before its state counts with it: ${mode}`, async () => {
      suite.warehouse.config = { ...suite.warehouse.config, commit_interval_ms: 50 };
      const stream = streamOf('users', { id: 'integer' }, { generation: 1, syncId: 2, mode, key: ['id'] });
      let note = () => undefined as unknown;
      const warned = new Promise<void>((resolve) => {
        note = resolve;
      });
      const input = async function* () {
        yield* [record(stream, { id: 1 }), rawRecord('users', '5')];
        // Rows of an append wait for a state.
        if (mode === 'append_dedup') {
          yield ' '.repeat(256 * 1024);
          await warned;
        }
        yield* [record(stream, { id: 2 }), state(stream, { id: 2 }), rawRecord('users', '5'), state(stream, { id: 3 })];
        yield complete(stream);
      };
      const result = await suite.warehouse.write([stream], input(), {
        onMessage: (message) => {
          if (message.type === 'LOG' && message.log.message.includes('left out')) note();
        },
      });
      expect(statesOf(result).map(({ destinationStats }) => destinationStats)).toEqual([
        { recordCount: 3, rejectedRecordCount: 1 },
        { recordCount: 1, rejectedRecordCount: 1 },
      ]);
    });
  }

  check('D-ST-06', 'a rejected record behind a replayed batch counts with its own state', async () => {
    const stream = streamOf('users', { id: 'integer' }, { generation: 1, syncId: 2 });
    const first = [record(stream, { id: 1 }), record(stream, { id: 2 }), state(stream, { id: 2 })];
    await suite.warehouse.write([stream], first);
    const rest = [rawRecord('users', '5'), record(stream, { id: 3 }), state(stream, { id: 3 }), complete(stream)];
    const result = await suite.warehouse.load([stream], [...first, ...rest]);
    expect(statesOf(result).map(({ destinationStats }) => destinationStats)).toEqual([
      { recordCount: 2 },
      { recordCount: 2, rejectedRecordCount: 1 },
    ]);
  });

  check('D-ST-06', 'an unknown message type is ignored and logged once', async () => {
    const future = '{"type":"FUTURE","future":{"a":1}}';
    const result = await suite.warehouse.load(
      [users],
      [future, record(users, { id: 1 }), future, state(users, { id: 1 }), complete(users)],
    );
    expect(messagesOf(result, 'LOG').filter(({ log }) => log.message.includes('FUTURE'))).toHaveLength(1);
    expect(await suite.warehouse.rows('users')).toHaveLength(1);
  });

  check('D-ST-07', 'no records, only states, only statuses, an empty catalog: success and an empty table', async () => {
    await suite.warehouse.load([users], [complete(users)]);
    expect(await suite.warehouse.rows('users')).toEqual([]);
    const columns = await profile.columns(suite.warehouse.config, profile.schema, profile.nameOf('users'));
    expect(Object.keys(columns ?? {}).map((name) => name.toLowerCase())).toEqual(
      expect.arrayContaining(['id', 'name']),
    );
    const states = await suite.warehouse.load([users], [state(users, { id: 0 }), complete(users)]);
    expect(statesOf(states)).toHaveLength(1);
    await suite.warehouse.load([], []);
  });

  check('D-ST-08', 'records of 25 interleaved streams; no state waits for another stream', async () => {
    const streams = range(25).map((n) => streamOf(`stream_${n}`, { id: 'integer' }, { generation: 1 }));
    const lines = range(40).flatMap((id) => streams.map((stream) => record(stream, { id })));
    // The first stream never ends; the others do.
    const ends = streams.slice(1).flatMap((stream) => [state(stream, { done: true }), complete(stream)]);
    const result = await suite.warehouse.write(streams, [...lines, ...ends]);
    expect(result.exitCode).not.toBe(0);
    expect(statesOf(result)).toHaveLength(24);
    for (const n of [1, 12, 24]) expect(await suite.warehouse.rows(`stream_${n}`)).toHaveLength(40);
  });

  check(
    'D-ST-09',
    `memory stays bounded with ${many} streams`,
    async () => {
      const streams = range(many).map((n) =>
        streamOf(`stream_${n}`, { id: 'integer', text: 'string' }, { generation: 1 }),
      );
      const text = 'x'.repeat(2000);
      const lines = function* () {
        for (const id of range(40)) for (const stream of streams) yield record(stream, { id, text });
        for (const stream of streams) yield* [state(stream, { done: true }), complete(stream)];
      };
      const result = await suite.warehouse.write(streams, lines(), { timeoutMs: 110_000, needsProcess: true });
      expect(result.exitCode).toBe(0);
      expect(result.peakMemoryMiB).toBeLessThan(800);
      expect(await suite.warehouse.rows(`stream_${many - 1}`)).toHaveLength(40);
    },
    120_000,
  );

  check('C-05', 'a missing, empty or broken catalog is one config_error without file content', async () => {
    const config = writeJson(suite.warehouse.folder, 'config.json', suite.warehouse.config);
    for (const content of ['', 'SECRETCONTENT', '{"streams":5}']) {
      const catalog = writeJson(suite.warehouse.folder, 'catalog.json', content);
      const result = await runCommand(profile.command, ['write', '--config', config, '--catalog', catalog]);
      expect(result.exitCode).not.toBe(0);
      expect(errorsOf(result)).toHaveLength(1);
      expect(errorsOf(result)[0]?.failureType).toBe('config_error');
      expect(result.lines.join('')).not.toContain('SECRETCONTENT');
    }
  });
}

async function* endless(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
  // The input stays open until the reader is gone.
  yield ' '.repeat(300_000);
  await new Promise((resolve) => setTimeout(resolve, 3000));
}

function globalState(lsn: number): string {
  return encodeMessage({
    type: 'STATE',
    state: { type: 'GLOBAL', global: { shared_state: { lsn }, stream_states: [] } },
  });
}
