import type { JsonObject } from '@cuttle/protocol';
import { officialUntil } from '../src/official-state.js';
import { decodeState, stateProblems } from '../src/state.js';

/** States as versions of the official connector write them, with the second up to which they have read everything. */
const STATES: readonly (readonly [string, JsonObject, number | undefined])[] = [
  ['a number', { updated: 1_725_110_606 }, 1_725_110_606],
  ['a text', { updated: '1725110606' }, 1_725_110_606],
  ['by creation', { created: '1725110606' }, 1_725_110_606],
  ['old invoice_items', { date: 1_594_946_981 }, 1_594_946_981],
  ['invoice lines', { invoice_updated: '1725110606' }, 1_725_110_606],
  ['nested', { state: { updated: '1725110606' } }, 1_725_110_606],
  [
    'below a parent, by one cursor, less the time that the sync took',
    {
      use_global_cursor: true,
      state: { created: '1725110606' },
      lookback_window: 6,
      parent_state: { customers: { updated: '1725110000' } },
    },
    1_725_110_600,
  ],
  [
    'below a parent, by parent: `state` holds for all of them',
    {
      states: [{ partition: { parent_slice: {}, id: 'cus_1' }, cursor: { created: '1600000000' } }],
      state: { created: '1725110606' },
      use_global_cursor: false,
    },
    1_725_110_606,
  ],
  [
    'below a parent, cut off: the oldest part',
    {
      states: [
        { partition: { id: 'a' }, cursor: { created: '1725110606' } },
        { partition: { id: 'b' }, cursor: { created: '1725110000' } },
      ],
    },
    1_725_110_000,
  ],
  [
    'only of the parent',
    { state: {}, states: [], parent_state: { customers: { updated: '1725110606' } } },
    1_725_110_606,
  ],
  [
    'stretches with a gap: the first one counts',
    {
      state_type: 'date-range',
      slices: [
        { start: '1704067200', end: '1710000000' },
        { start: 1_710_000_001, end: 1_720_000_000 },
        { start: 1_722_000_000, end: 1_725_110_606 },
      ],
    },
    1_720_000_000,
  ],
  ['stretches, none yet', { state_type: 'date-range', slices: [], legacy: { created: 1_617_030_403 } }, 1_617_030_403],
  ['a part that cannot be read', { states: [{ partition: { id: 'a' }, cursor: {} }] }, undefined],
  ['a word', { updated: 'yesterday' }, undefined],
  ['a broken number', { updated: 1.5 }, undefined],
  ['milliseconds', { updated: 1_725_110_606_000 }, undefined],
  ['milliseconds as a text', { updated: '1725110606000' }, undefined],
  ['another connector', { cursor: 'x', slices: [] }, undefined],
];

describe('states of the official connector', () => {
  it.each(STATES)('R-13 %s', (_title, state, until) => {
    expect(officialUntil(state)).toBe(until);
    expect(decodeState(state)?.accounts.get('')?.until).toBe(until);
    expect(stateProblems(state, 'the start date').length).toBe(until === undefined ? 1 : 0);
  });

  it('R-13 names the account of a part that cannot be continued from', () => {
    const state = { account: 'acct_1', accounts: { acct_1: { until: 7, ids: [] }, acct_2: { until: 'x' } } };
    expect(stateProblems(state, 'the start date')).toEqual([
      expect.objectContaining({ consequence: 'account acct_2 is read again from the start date' }),
    ]);
  });
});
