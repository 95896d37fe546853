import { ascendingCursor } from '../../src/cursor/ascending-cursor.js';

const open = (state?: object, start = '2026-01-01') =>
  ascendingCursor<object>({ field: 'updated', start: () => start, lookback: 'PT1H' }).open({
    config: {},
    state: state as never,
    nowMs: 0,
  })!;
const START = '2026-01-01T00:00:00.000Z';
const STORED = { start: START, cursor: '2026-01-05T12:00:00.000Z' };
const starts = (state?: object, start?: string) => [...open(state, start).slices()];

describe('ascendingCursor', () => {
  it('reads from the start date, without an end', () => {
    expect(starts()).toEqual([{ start: START, end: '' }]);
    expect(open().state()).toEqual({ start: START });
  });

  it('goes on from the state minus lookback, not before the start date', () => {
    expect(starts(STORED)).toEqual([{ start: '2026-01-05T11:00:00.000Z', end: '' }]);
    expect(starts(STORED, '2026-01-05T11:30:00Z')).toEqual([{ start: '2026-01-05T11:30:00.000Z', end: '' }]);
  });

  it('moves with the last row of each page and never back', () => {
    const run = open(STORED);
    const [slice] = run.slices();
    const rows = ['2026-01-05T11:30:00Z', '2026-01-05T12:00:00Z', '2026-01-06T01:00:00.5+01:00', 7, 'no time'];
    expect(rows.map((updated) => run.sent(slice!, { updated }))).toEqual([false, false, true, false, false]);
    run.closed(slice!);
    expect(run.state()).toEqual({ start: START, cursor: '2026-01-06T00:00:00.500Z' });
  });

  it('reads everything for an earlier start date', () => {
    expect(starts(STORED, '2025-06-01')).toEqual([{ start: '2025-06-01T00:00:00.000Z', end: '' }]);
  });

  it('R-12 R-18 depends on no clock: a state in the far future stays', () => {
    const run = open({ start: START, cursor: '2999-01-01T00:00:00.000Z' });
    expect(run.state()['cursor']).toBe('2999-01-01T00:00:00.000Z');
  });

  it.each([
    { cursor: 'yesterday' },
    { cursor: 7, start: START },
    { slices: [] },
    { cursor: STORED.cursor },
  ])('R-13 takes %j for no state', (state) => {
    expect(starts(state)).toEqual(starts());
    expect(open(state).state()).toEqual({ start: START });
  });
});
