import { type ConfiguredStream, isJsonObject, type JsonObject } from '@cuttle/protocol';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expectGolden } from '../harness/golden.js';
import { connectorFile } from '../harness/workspace.js';
import { objectOf } from '../spec/spec-rules.js';
import { SourceBench } from './bench.js';
import { onBench } from './on-bench.js';
import type { SourceProfile, StandIn } from './profile.js';
import { type SourceRead, statusesOf } from './source-read.js';

/** Records of each stream that stand in the golden file. */
const GOLDEN_RECORDS = 3;

/** what one read gives. The order of messages and the counts are checked for every read of every suite. */
export function readSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const check = onBench(profile, () => SourceBench.open(profile));

  check('R-01', 'every stream that is not listed as empty gives records', async (bench) => {
    const streams = await bench.streams();
    const read = (await bench.read(streams)).expectSuccess();
    for (const { stream } of streams) {
      const isEmpty = profile.emptyStreams[stream.name] !== undefined;
      expect([stream.name, read.data(stream.name).length > 0]).toEqual([stream.name, !isEmpty]);
    }
  });

  check(
    'R-02',
    'every record is valid under its schema, formats too, and has no field that is not declared',
    async (bench) => {
      const streams = await bench.streams();
      const read = (await bench.read(streams)).expectSuccess();
      const ajv = new Ajv({ strict: false, logger: false });
      (typeof addFormats === 'function' ? addFormats : (addFormats as { default: (ajv: Ajv) => Ajv }).default)(ajv);
      for (const { stream } of streams) {
        const validate = ajv.compile(stream.json_schema);
        const declared = objectOf(stream.json_schema['properties']);
        for (const data of read.data(stream.name)) {
          expect([stream.name, validate(data), validate.errors]).toEqual([stream.name, true, null]);
          const fields = Object.keys(data);
          expect([stream.name, fields.filter((field) => !Object.hasOwn(declared, field))]).toEqual([stream.name, []]);
          expect(fields.length).toBeGreaterThan(1);
        }
      }
    },
  );

  check('R-03', 'keys are values, not null throughout, and stand once in a full refresh', async (bench) => {
    const streams = await bench.streams(undefined, { syncMode: 'full_refresh', destinationMode: 'overwrite' });
    const read = (await bench.read(streams)).expectSuccess();
    for (const { stream } of streams) expectKeys(read, stream.name, stream.source_defined_primary_key ?? []);
  });

  check('R-04', 'exactly the expected rows, in both sync modes; the first ones field by field', async (bench) => {
    for (const syncMode of ['incremental', 'full_refresh'] as const) {
      const streams = await bench.streams(undefined, { syncMode });
      const read = (await bench.read(streams)).expectSuccess();
      expectEverything(bench, read, streams);
      const first = streams.map(({ stream }) => {
        const rows = [...read.data(stream.name)].sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
        return [stream.name, rows.slice(0, GOLDEN_RECORDS)];
      });
      if (profile.hasGoldenRecords) {
        expectGolden(connectorFile(profile.folder, 'test', 'golden', 'records.json'), Object.fromEntries(first));
      }
    }
  });

  check('R-05', 'STARTED, RUNNING, COMPLETE for each stream; one that fails ends INCOMPLETE', async (bench) => {
    const streams = await bench.streams();
    const read = (await bench.read(streams)).expectSuccess();
    for (const { stream } of streams) {
      expect([stream.name, read.statuses(stream.name)]).toEqual([stream.name, ['STARTED', 'RUNNING', 'COMPLETE']]);
    }
    const { stream, page } = profile.paged;
    const paged = await bench.paged();
    bench.standIn.control.run('faults.add', {
      fault: { kind: 'status', status: 500 },
      match: page,
      after: 2,
      count: 0,
    });
    const failed = await bench.read(paged);
    expect([failed.exitCode, statusesOf(failed.result, stream).at(-1)]).toEqual([1, 'INCOMPLETE']);
    expect(failed.statuses(stream)).not.toContain('COMPLETE');
  });

  check('R-06', 'a typed state for each stream, empty ones and full refreshes too, with its counts', async (bench) => {
    for (const syncMode of ['incremental', 'full_refresh'] as const) {
      const streams = await bench.streams(undefined, { syncMode });
      const read = (await bench.read(streams)).expectSuccess();
      for (const { stream } of streams) {
        const own = read.states.filter((state) => state.stream?.stream_descriptor.name === stream.name);
        expect([stream.name, own.length > 0]).toEqual([stream.name, true]);
        const counted = own.reduce((sum, state) => sum + (state.sourceStats?.recordCount ?? 0), 0);
        expect(counted).toBe(read.data(stream.name).length);
      }
    }
  });

  check(
    'R-07',
    'an unknown stream or sync mode: ERROR and a failing exit; the other streams are read',
    async (bench) => {
      const streams = await bench.streams();
      const [first] = streams as [ConfiguredStream];
      const unknown = { ...first, stream: { ...first.stream, name: 'no_such_stream' } };
      const read = await bench.read([unknown, ...streams]);
      expect([read.exitCode, read.errors.map(({ failureType }) => failureType)]).toEqual([1, ['config_error']]);
      expect(read.errors[0]?.message).toContain('no_such_stream');
      expect(read.statuses('no_such_stream').at(-1)).toBe('INCOMPLETE');
      for (const { stream } of streams) expect(read.statuses(stream.name).at(-1)).toBe('COMPLETE');
      const strange = { ...first, sync_mode: 'sideways' } as unknown as ConfiguredStream;
      const refused = await bench.read([strange]);
      expect([refused.exitCode, refused.records.length]).toEqual([1, 0]);
      expect(refused.errors[0]).toMatchObject({
        failureType: 'config_error',
        message: expect.stringContaining('sync_mode'),
      });
    },
  );

  check('R-08', 'only configured streams come; emitted_at lies in the run and grows between runs', async (bench) => {
    const [first] = (await bench.streams()) as [ConfiguredStream];
    const before = Date.now();
    const one = (await bench.read([first])).expectSuccess();
    const two = (await bench.read([first])).expectSuccess();
    expect(new Set(one.records.map(({ stream }) => stream))).toEqual(new Set([first.stream.name]));
    const times = (read: SourceRead) => read.records.map(({ emitted_at }) => emitted_at);
    expect(Math.min(...times(one))).toBeGreaterThanOrEqual(before - 1000);
    expect(Math.max(...times(two))).toBeLessThanOrEqual(Date.now() + 1000);
    expect(Math.min(...times(two))).toBeGreaterThan(Math.max(...times(one)));
  });

  check('R-09', 'of two full refreshes a second apart, the first is part of the second', async (bench) => {
    const streams = await bench.streams(undefined, { syncMode: 'full_refresh' });
    const one = (await bench.read(streams)).expectSuccess();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const two = (await bench.read(streams)).expectSuccess();
    for (const { stream } of streams) {
      const later = two.byKey(stream.name);
      expect(one.byKey(stream.name).size).toBeGreaterThan(profile.emptyStreams[stream.name] === undefined ? 0 : -1);
      for (const [key, data] of one.byKey(stream.name)) expect(later.get(key)).toEqual(data);
    }
  });
}

/** Fails unless the records are all rows of the remote system, each once. */
export function expectEverything<S extends StandIn>(
  bench: SourceBench<S>,
  read: SourceRead,
  streams: readonly ConfiguredStream[],
): void {
  const truth = bench.profile.truth(bench.standIn);
  for (const { stream } of streams) {
    const found = read.data(stream.name).map((data) => bench.profile.identity(stream.name, data));
    expect([stream.name, [...found].sort()]).toEqual([stream.name, [...(truth[stream.name] ?? [])].sort()]);
  }
}

function expectKeys(read: SourceRead, stream: string, paths: readonly (readonly string[])[]): void {
  const seen = new Set<string>();
  for (const data of read.data(stream)) {
    const parts = paths.map((path) => path.reduce(valueAt, data as unknown));
    expect(parts.every((part) => part === null || part === undefined)).toBe(false);
    expect(parts.some((part) => typeof part === 'object' && part !== null)).toBe(false);
    const key = JSON.stringify(parts);
    expect([stream, key, seen.has(key)]).toEqual([stream, key, false]);
    seen.add(key);
  }
}

function valueAt(value: unknown, part: string): unknown {
  return isJsonObject(value) ? (value as JsonObject)[part] : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
