import fc from 'fast-check';
import type { Slice } from '../../src/cursor/cursor.js';
import { datetimeCursor } from '../../src/cursor/datetime-cursor.js';

const NOW = Date.parse('2026-01-08T00:00:00Z');
const cursor = (order: 'asc' | 'desc' | 'none' = 'asc') =>
  datetimeCursor<object>({
    field: 'updated',
    start: () => '2026-01-01',
    step: 'P1D',
    lookback: 'PT1H',
    settle: 'PT30S',
    order,
  });
const open = (state?: object, order?: 'asc' | 'desc' | 'none', nowMs = NOW) =>
  cursor(order).open({ config: {}, state: state as never, nowMs })!;

describe('datetimeCursor', () => {
  it('cuts the time from the start to now minus settle into steps', () => {
    const slices = [...open().slices()];
    expect(slices).toHaveLength(7);
    expect(slices[0]).toEqual({ start: '2026-01-01T00:00:00.000Z', end: '2026-01-02T00:00:00.000Z' });
    expect(slices.at(-1)!.end).toBe('2026-01-07T23:59:30.000Z');
  });

  it('goes on from the state minus lookback', () => {
    const state = { slices: [{ start: '2026-01-01T00:00:00.000Z', end: '2026-01-07T12:00:00.000Z' }] };
    expect([...open(state).slices()]).toEqual([{ start: '2026-01-07T11:00:00.000Z', end: '2026-01-07T23:59:30.000Z' }]);
  });

  it('a slice that did not close is read again, also when later ones closed', () => {
    const run = open();
    const slices = [...run.slices()];
    for (const slice of slices) if (slice !== slices[2]) run.closed(slice);
    const again = [...open(run.state()).slices()];
    expect(again[0]).toEqual(slices[2]);
    expect(run.state()['cursor']).toBe(slices[2]!.start);
  });

  it('R-12 a state in the far future gives no slice and does not move back', () => {
    const state = { slices: [{ start: '2026-01-01T00:00:00.000Z', end: '2999-01-01T00:00:00.000Z' }] };
    const run = open(state);
    expect([...run.slices()]).toEqual([]);
    expect(run.state()).toEqual({ ...state, cursor: '2999-01-01T00:00:00.000Z' });
  });

  it('R-11 within a slice the state moves only in ascending order, and ends before the last row seen', () => {
    const slice = { start: '2026-01-01T00:00:00.000Z', end: '2026-01-02T00:00:00.000Z' };
    const row = { updated: '2026-01-01T05:00:00.000Z' };
    for (const order of ['desc', 'none'] as const) expect(open(undefined, order).sent(slice, row)).toBe(false);
    const run = open();
    expect(run.sent(slice, row)).toBe(true);
    expect(run.state()['cursor']).toBe('2026-01-01T05:00:00.000Z');
    expect(run.sent(slice, row)).toBe(false);
  });

  it('R-13 old, empty and foreign states start from the beginning', () => {
    for (const state of [{}, { cursor: 'x' }, { slices: 'x' }, { slices: [{ start: 'no' }, 3] }]) {
      expect([...open(state).slices()]).toHaveLength(7);
    }
  });

  it('R-11 whatever was closed, the next sync reads exactly the rest and the lookback (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { maxLength: 7 }), (chosen) => {
        const run = open();
        const slices = [...run.slices()] as Slice[];
        for (const index of chosen) run.closed(slices[index]!);
        const rest = [...open(run.state()).slices()];
        const read = new Set(rest.map(({ start }) => start.slice(0, 10)));
        slices.forEach((slice, index) => {
          if (!chosen.includes(index)) expect(read).toContain(slice.start.slice(0, 10));
        });
      }),
    );
  });
});
