import { DEFAULT_LIMITS, type LoaderLimits } from './loader.js';

/** The part of a warehouse destination's config that says when it commits. */
export interface CommitConfig {
  /** Size of a commit in MB of input. */
  readonly commit_mb: number;
  /** Longest time that a record waits for a commit, in ms. */
  readonly commit_interval_ms: number;
}

/** Limits of a load by its config. */
export function loadLimits(config: CommitConfig): LoaderLimits {
  return { ...DEFAULT_LIMITS, commitBytes: config.commit_mb * 1_000_000, commitMs: config.commit_interval_ms };
}
