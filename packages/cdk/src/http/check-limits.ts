import type { HttpPolicy } from './policy.js';

const CHECK_LIMITS = { maxAttempts: 3, maxWaitMs: 15_000, attemptTimeoutMs: 10_000 };

/**
 * A policy for `check`, which answers a person who waits: fewer and shorter attempts than a read, within 60 s in all.
 * Limits that are lower already stay.
 */
export function checkLimits(policy: HttpPolicy): HttpPolicy {
  const { limits = {} } = policy;
  const lower = (name: keyof typeof CHECK_LIMITS) => Math.min(CHECK_LIMITS[name], limits[name] ?? CHECK_LIMITS[name]);
  return {
    ...policy,
    limits: {
      ...limits,
      maxAttempts: lower('maxAttempts'),
      maxWaitMs: lower('maxWaitMs'),
      attemptTimeoutMs: lower('attemptTimeoutMs'),
    },
  };
}
