import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import { type StateProblem, usableState } from '../../src/state/usable-state.js';

const stream = { name: 'orders', namespace: 'shop', json_schema: {}, supported_sync_modes: ['incremental' as const] };

function use(stored: JsonObject, changes: Partial<ConfiguredStream> = {}, problems: readonly StateProblem[] = []) {
  const warnings: string[] = [];
  const ignore = () => undefined;
  const state = usableState(stored, {
    configured: { stream, sync_mode: 'incremental', destination_sync_mode: 'append_dedup', ...changes },
    config: { start_date: '2024-01-01' },
    log: { debug: ignore, info: ignore, error: ignore, warn: (text) => void warnings.push(text) },
    problemsOf: () => problems,
  });
  return { state, warnings };
}

describe('usableState', () => {
  it('R-13 a state without a problem is continued from, without our own marks; an empty one says nothing', () => {
    expect(use({ at: 1, seq: 3 })).toEqual({ state: { at: 1 }, warnings: [] });
    expect(use({})).toEqual({ state: undefined, warnings: [] });
    expect(use({ seq: 3 })).toEqual({ state: undefined, warnings: [] });
  });

  it('R-13 a problem without a consequence loses the state: the warning has stream, reason and consequence', () => {
    const { state, warnings } = use({ x: 1 }, {}, [{ problem: 'it has no "at"' }]);
    expect(state).toBeUndefined();
    expect(warnings).toEqual([
      'Stream "shop.orders": the stored state is not understood: it has no "at". ' +
        'So stream "shop.orders" is read again from the start date.',
    ]);
  });

  it('R-13 a problem with a consequence keeps the rest; where rows are appended, they repeat', () => {
    const problem = { problem: 'account 7 has no time', consequence: 'account 7 is read again' };
    const { state, warnings } = use({ at: 1 }, { destination_sync_mode: 'append' }, [problem]);
    expect(state).toEqual({ at: 1 });
    expect(warnings).toEqual([
      expect.stringMatching(
        /account 7 has no time\. So account 7 is read again\. Rows that were loaded before repeat\.$/,
      ),
    ]);
  });

  it('R-13 what a full refresh left behind is no place to continue from, and is not passed over in silence', () => {
    const left: readonly JsonObject[] = [{ __ab_full_refresh_sync_complete: true }, { at: 1, generation_id: 7 }];
    for (const own of left) {
      const { state, warnings } = use(own);
      expect([state, warnings]).toEqual([undefined, [expect.stringContaining('full refresh')]]);
    }
  });

  it('a full refresh starts over without a warning, unless it is the same one', () => {
    const full = { sync_mode: 'full_refresh', generation_id: 7, minimum_generation_id: 7 } as const;
    expect(use({ at: 1 }, full)).toEqual({ state: undefined, warnings: [] });
    expect(use({ at: 1, generation_id: 6 }, full)).toEqual({ state: undefined, warnings: [] });
    expect(use({ at: 1, generation_id: 7 }, full)).toEqual({ state: { at: 1 }, warnings: [] });
  });
});
