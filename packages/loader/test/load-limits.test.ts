import { loadLimits } from '../src/load-limits.js';
import { DEFAULT_LIMITS } from '../src/loader.js';

describe('loadLimits', () => {
  it('takes size and time of commits from the config and leaves the rest', () => {
    const limits = loadLimits({ commit_mb: 512, commit_interval_ms: 5 });
    expect(limits).toEqual({ ...DEFAULT_LIMITS, commitBytes: 512_000_000, commitMs: 5 });
  });
});
