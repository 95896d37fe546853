import type { ConnectionPlan } from '@cuttle/project';

/** How long a run waits, in milliseconds, and how long a line may be. */
export interface RunLimits {
  /** Silence (no record, no state) after which a source has failed; a reported rate limit does not count. Default 3 h. */
  readonly sourceSilenceMs: number;
  /** Time that a reported rate limit adds to it, wherever its end lies. Default 24 h. */
  readonly rateLimitMs: number;
  /** Time without progress (input taken, a message sent) after which a destination has failed. Default 1 h. */
  readonly destinationSilenceMs: number;
  /** Time a destination has to end after its source failed or was stopped. Default 60 s, as on the platform. */
  readonly finishMs: number;
  /** Time between SIGTERM and SIGKILL. Default 5 s. */
  readonly stopMs: number;
  /** Longest line of a connector, in bytes. Default 64 MiB. */
  readonly maxLineBytes: number;
  /** Time between two progress events. Default 1 s. */
  readonly progressMs: number;
}

const DEFAULTS: RunLimits = {
  sourceSilenceMs: 3 * 3600 * 1000,
  rateLimitMs: 24 * 3600 * 1000,
  destinationSilenceMs: 3600 * 1000,
  finishMs: 60_000,
  stopMs: 5000,
  maxLineBytes: 64 * 1024 * 1024,
  progressMs: 1000,
};

/** The limits of a run: of the connector, else of the target, else the defaults; what the caller says wins over all. */
export function runLimits(plan: ConnectionPlan, given: Partial<RunLimits> = {}): RunLimits {
  const { timeouts, source, destination } = plan;
  const sourceSeconds = source.connector.maxSecondsBetweenMessages ?? timeouts.sourceSeconds;
  const destinationSeconds = destination.connector.maxSecondsBetweenMessages ?? timeouts.destinationSeconds;
  return {
    ...DEFAULTS,
    ...(sourceSeconds === undefined ? {} : { sourceSilenceMs: sourceSeconds * 1000 }),
    ...(destinationSeconds === undefined ? {} : { destinationSilenceMs: destinationSeconds * 1000 }),
    ...(timeouts.finishSeconds === undefined ? {} : { finishMs: timeouts.finishSeconds * 1000 }),
    ...given,
  };
}
