import type { JsonObject } from '@cuttle/protocol';
import { preload } from '../harness/preload.js';
import { SourceBench } from './bench.js';
import { onBench } from './on-bench.js';
import type { SourceProfile, StandIn } from './profile.js';
import { expectEverything } from './read-suite.js';

/** Clocks of the connector's machine; the remote system has the true time. */
const CLOCKS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['one hour ahead', { CUTTLE_CLOCK_OFFSET_MS: '3600000' }],
  ['one hour behind', { CUTTLE_CLOCK_OFFSET_MS: '-3600000' }],
  ['in the hour that summer time leaves out', { CUTTLE_CLOCK: '2024-03-10T06:59:59.500Z', TZ: 'America/New_York' }],
  ['in the hour that comes twice', { CUTTLE_CLOCK: '2024-11-03T05:59:59.500Z', TZ: 'America/New_York' }],
  ['at the end of a leap February', { CUTTLE_CLOCK: '2024-02-29T23:59:59.500Z', TZ: 'Pacific/Kiritimati' }],
  ['at the epoch', { CUTTLE_CLOCK: '1970-01-01T00:00:00.000Z' }],
  ['in the year 9999', { CUTTLE_CLOCK: '9999-12-31T23:00:00.000Z' }],
];

/** a wrong clock loses no row, neither in its own read nor in the next one with a right clock. */
export function clockSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const check = onBench(profile, () => SourceBench.open(profile));

  for (const [name, env] of CLOCKS) {
    check(
      'R-18',
      `a clock ${name}: all rows, and the next read with a right clock gives all new ones`,
      async (bench) => {
        const streams = await bench.streams();
        const clock = { preload: [preload('clock')], env };
        const first = (await bench.read(streams, clock)).expectSuccess();
        expectEverything(bench, first, streams);
        const { arrives } = profile.mutate(bench.standIn);
        const second = (await bench.read(streams, { state: first.lastStates })).expectSuccess();
        for (const [stream, rows] of Object.entries(arrives)) {
          const found = new Set(second.data(stream).map((data: JsonObject) => profile.identity(stream, data)));
          expect([stream, rows.filter((row) => !found.has(row))]).toEqual([stream, []]);
        }
      },
    );
  }

  check('R-18', 'a clock that is wrong in the second read only', async (bench) => {
    const streams = await bench.streams();
    const first = (await bench.read(streams)).expectSuccess();
    const { arrives } = profile.mutate(bench.standIn);
    for (const env of [{ CUTTLE_CLOCK: '1970-01-01T00:00:00.000Z' }, { CUTTLE_CLOCK: '9999-12-31T23:00:00.000Z' }]) {
      const clock = { preload: [preload('clock')], env };
      const second = (await bench.read(streams, { ...clock, state: first.lastStates })).expectSuccess();
      for (const [stream, rows] of Object.entries(arrives)) {
        const found = new Set(second.data(stream).map((data: JsonObject) => profile.identity(stream, data)));
        expect([env, stream, rows.filter((row) => !found.has(row))]).toEqual([env, stream, []]);
      }
    }
  });
}
