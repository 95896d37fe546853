import type { JsonObject } from '@cuttle/protocol';
import { type PlanRules, planShards, settleState } from '../../src/shards/plan.js';
import { addDays, parseShard } from '../../src/shards/shard.js';
import { decodeState, EMPTY_STATE, type EventsState, encodeState, type ShardMark } from '../../src/shards/state.js';

const RULES: PlanRules = {
  startDate: undefined,
  windowDays: 4,
  includesIntraday: true,
  waitsForSettled: false,
  today: '20241111',
};
const DAYS = Array.from({ length: 10 }, (_, index) => addDays('20241101', index));
const TABLES = DAYS.map((date) => `events_${date}`);
const MARK: ShardMark = { modified: '1', rows: '2', bytes: '3' };

const stateOf = (
  finalBefore: string | undefined,
  dates: readonly string[],
  missing: readonly string[] = [],
): EventsState => ({
  finalBefore,
  shards: new Map(dates.map((date) => [date, MARK])),
  missing,
});

const candidates = (tables: readonly string[], state: EventsState, rules: Partial<PlanRules> = {}): string[] =>
  planShards(tables, state, { ...RULES, ...rules }).candidates.map((shard) => shard.key);

describe('shards', () => {
  it('knows daily and intraday tables and nothing else', () => {
    expect(parseShard('events_20241101')).toMatchObject({ date: '20241101', isIntraday: false });
    expect(parseShard('events_intraday_20241101')).toMatchObject({ key: 'intraday_20241101', isIntraday: true });
    for (const other of [
      'events_fresh_20241101',
      'users_20241101',
      'events_2024110',
      'xevents_20241101',
      'events_20241101_x',
    ]) {
      expect(parseShard(other)).toBeUndefined();
    }
  });

  it('plans all at first, then those that may have changed', () => {
    expect(candidates(TABLES, EMPTY_STATE)).toEqual(DAYS);
    expect(candidates(TABLES, stateOf('20241107', ['20241107', '20241108']))).toEqual(DAYS.slice(6));
    expect(candidates(TABLES, EMPTY_STATE, { startDate: '20241109' })).toEqual(['20241109', '20241110']);
  });

  it('counts the window from the newest daily table, or from yesterday where that is later', () => {
    const from = (tables: readonly string[], today: string): string =>
      planShards(tables, EMPTY_STATE, { ...RULES, today }).unsettledFrom;
    expect(from(TABLES, '20241111')).toBe('20241107');
    expect(from(TABLES, '20241101')).toBe('20241107');
    expect(from(TABLES, '20241201')).toBe('20241127');
  });

  it('waits for settled shards in append, and takes intraday tables only without their daily one', () => {
    expect(candidates(TABLES, EMPTY_STATE, { waitsForSettled: true })).toEqual(DAYS.slice(0, 6));
    const tables = [...TABLES, 'events_intraday_20241110', 'events_intraday_20241111'];
    expect(candidates(tables, stateOf('20241110', []))).toEqual(['20241110', 'intraday_20241111']);
    expect(candidates(tables, stateOf('20241110', []), { includesIntraday: false })).toEqual(['20241110']);
  });
});

describe('state of the shards', () => {
  const plan = planShards(TABLES, EMPTY_STATE, RULES);
  const settle = (stored: EventsState, marked: readonly string[], confirmed = marked): EventsState =>
    settleState(stored, plan, new Map(marked.map((date) => [date, MARK])), new Set(confirmed), true);

  it('moves final_before up to the first shard that is not done', () => {
    expect(settle(EMPTY_STATE, DAYS)).toEqual(stateOf('20241107', DAYS.slice(6)));
    expect(settle(EMPTY_STATE, [...DAYS.slice(0, 2), ...DAYS.slice(3)])).toEqual(stateOf('20241103', DAYS.slice(3)));
  });

  it('does not take a shard for final before this read has compared it', () => {
    const stored = stateOf('20241103', ['20241103', '20241104']);
    const settled = settle(stored, ['20241103', '20241104', '20241105'], ['20241104', '20241105']);
    expect(settled).toEqual(stateOf('20241103', ['20241103', '20241104', '20241105']));
  });

  it('never moves backwards', () => {
    expect(settle(stateOf('20251231', []), []).finalBefore).toBe('20251231');
    const empty = planShards([], EMPTY_STATE, RULES);
    expect(settleState(stateOf('20241105', []), empty, new Map(), new Set(), true)).toEqual(stateOf('20241105', []));
  });

  it('remembers days without a table, and drops them when they are read', () => {
    const gapped = planShards(
      TABLES.filter((table) => table !== 'events_20241104'),
      EMPTY_STATE,
      RULES,
    );
    const confirmed = new Set(DAYS);
    const first = settleState(EMPTY_STATE, gapped, new Map(), confirmed, true);
    expect(first).toEqual(stateOf('20241107', [], ['20241104']));
    expect(candidates(TABLES, first)).toEqual(['20241104', ...DAYS.slice(6)]);
    const later = planShards(TABLES, first, RULES);
    expect(settleState(first, later, new Map(), new Set(['20241107']), true).missing).toEqual(['20241104']);
    expect(settleState(first, later, new Map(), new Set(['20241104']), true).missing).toEqual([]);
  });

  it('forgets an intraday table once the daily one is read, and not before', () => {
    const marks = new Map([
      ['intraday_20241110', MARK],
      ['intraday_20241111', MARK],
    ]);
    const kept = (confirmed: readonly string[]) => [
      ...settleState(EMPTY_STATE, plan, marks, new Set(confirmed), true).shards.keys(),
    ];
    expect(kept(['20241110'])).toEqual(['intraday_20241111']);
    expect(kept([])).toEqual(['intraday_20241110', 'intraday_20241111']);
  });

  it('before the end of a read the state depends on the tables only, not on the day', () => {
    const gapped = TABLES.filter((table) => table !== 'events_20241107');
    const states = ['20241111', '20241112', '20241130'].map((today) => {
      const own = planShards(gapped, EMPTY_STATE, { ...RULES, waitsForSettled: true, today });
      const read = DAYS.slice(0, 6);
      return settleState(EMPTY_STATE, own, new Map(read.map((date) => [date, MARK])), new Set(read), false);
    });
    expect(states).toEqual(states.map(() => stateOf('20241107', [])));
  });

  it('is written as a person can read it, and read again', () => {
    const state = stateOf('20241107', ['20241108', '20241107'], ['20241104']);
    const written = encodeState(state);
    expect(JSON.stringify(written)).toBe(
      '{"shards":{"20241107":{"modified":"1","rows":"2","bytes":"3"},"20241108":{"modified":"1","rows":"2","bytes":"3"}},"final_before":"20241107","missing":["20241104"]}',
    );
    expect(encodeState(decodeState(written))).toEqual(written);
    expect(encodeState(EMPTY_STATE)).toEqual({ shards: {} });
  });

  it.each([
    { shards: [] },
    { shards: { '20241101': { modified: 1, rows: '1', bytes: '1' } } },
    { shards: {}, final_before: 5 },
    { shards: {}, missing: 'x' },
  ])('refuses %j', (state) => {
    expect(() => decodeState(state as unknown as JsonObject)).toThrow(/state/);
  });
});
