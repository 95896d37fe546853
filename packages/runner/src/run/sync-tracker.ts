import {
  type EstimateTrace,
  type StreamDescriptor,
  type StreamStatus,
  type StreamStatusTrace,
  SystemError,
  streamKey,
  streamLabel,
} from '@cuttle/protocol';
import type { AcknowledgedState, MappedState } from '../pipe/state-lines.js';
import type { StreamRoute, StreamRoutes } from '../pipe/stream-route.js';
import type { Progress, RunError, StreamProgress } from './events.js';

interface Tracked {
  status: StreamStatus | 'WAITING';
  states: number;
  acknowledgedStates: number;
  /** Prints of those that did not come back yet, oldest first. */
  readonly openStates: string[];
  rateLimitedUntilMs: number | undefined;
  estimatedRecords: number | undefined;
  startedMs: number | undefined;
  endedMs: number | undefined;
}

/** Counts and statuses of a running sync. Times come from a monotonic clock. */
export class SyncTracker {
  readonly errors: RunError[] = [];
  private readonly connection: string;
  private readonly routes: StreamRoutes;
  private readonly startedMs = performance.now();
  private readonly tracked: ReadonlyMap<StreamRoute, Tracked>;
  private globalStates = 0;
  private readonly openGlobalStates: string[] = [];
  private acknowledgedGlobalStates = 0;

  constructor(connection: string, routes: StreamRoutes) {
    this.connection = connection;
    this.routes = routes;
    this.tracked = new Map(routes.all.map((route) => [route, newTracked()]));
  }

  /** @returns false when the stream is not in the catalog */
  status(trace: StreamStatusTrace): boolean {
    const tracked = this.find(trace.stream_descriptor);
    if (tracked === undefined) return false;
    const now = performance.now();
    tracked.status = trace.status;
    tracked.startedMs ??= now;
    tracked.endedMs = trace.status === 'COMPLETE' || trace.status === 'INCOMPLETE' ? now : undefined;
    const limit = trace.reasons?.find((reason) => reason.type === 'RATE_LIMITED');
    tracked.rateLimitedUntilMs = limit?.rate_limited?.quota_reset;
    return true;
  }

  estimate(trace: EstimateTrace): void {
    if (trace.name === undefined) return;
    const tracked = this.find({ name: trace.name, namespace: trace.namespace ?? null });
    if (tracked !== undefined) tracked.estimatedRecords = trace.row_estimate;
  }

  /** A state that goes to the destination: of these streams, or of all. */
  sent({ streams, isGlobal, prints }: MappedState): void {
    if (isGlobal) {
      this.globalStates += 1;
      this.openGlobalStates.push(prints[0]!);
      return;
    }
    for (const [index, route] of streams.entries()) {
      const tracked = this.tracked.get(route)!;
      tracked.states += 1;
      tracked.openStates.push(prints[index]!);
    }
  }

  /**
   * A state that came back, and with it all older ones: a destination may return the last of several only.
   *
   * @throws {SystemError} `STATE_NOT_SENT` when it is none that is still out: a run that went on from it would leave out
   *   what lies between
   */
  acknowledged({ type, streams, prints }: AcknowledgedState): void {
    if (type === 'GLOBAL') {
      this.acknowledgedGlobalStates += settleUpTo(this.openGlobalStates, prints[0]!, 'of all streams');
      return;
    }
    for (const [index, { route }] of streams.entries()) {
      const tracked = this.tracked.get(route)!;
      const what = `of stream "${streamLabel(route.destination)}"`;
      tracked.acknowledgedStates += settleUpTo(tracked.openStates, prints[index]!, what);
    }
  }

  /** Whether the catalog has a stream of this name, the source's or the destination's. */
  isKnown(stream: StreamDescriptor): boolean {
    return this.routes.find(stream) !== undefined || this.routes.findByDestination(stream) !== undefined;
  }

  /** Whether the source finished the stream. */
  isRead(route: StreamRoute): boolean {
    return this.tracked.get(route)?.status === 'COMPLETE';
  }

  /** Whether every state of the stream came back. */
  isAcknowledged(route: StreamRoute): boolean {
    const tracked = this.tracked.get(route)!;
    return tracked.acknowledgedStates >= tracked.states && this.acknowledgedGlobalStates >= this.globalStates;
  }

  /** Whether an error names this stream, or none at all. */
  hasDestinationError(route: StreamRoute): boolean {
    return this.errors.some(
      ({ origin, stream }) =>
        origin === 'destination' && (stream === undefined || streamKey(stream) === streamKey(route.destination)),
    );
  }

  /** The latest moment until which a rate limit holds, milliseconds since the epoch; undefined when none does. */
  rateLimitedUntilMs(): number | undefined {
    const limits = [...this.tracked.values()].flatMap((tracked) => tracked.rateLimitedUntilMs ?? []);
    return limits.length === 0 ? undefined : Math.max(...limits);
  }

  get elapsedMs(): number {
    return performance.now() - this.startedMs;
  }

  progress(): Progress {
    const streams = this.routes.all.map((route) => this.streamProgress(route));
    return { connection: this.connection, elapsedMs: this.elapsedMs, streams };
  }

  streamProgress(route: StreamRoute): StreamProgress {
    const tracked = this.tracked.get(route)!;
    const { rateLimitedUntilMs, estimatedRecords, startedMs, endedMs } = tracked;
    return {
      stream: route.source,
      destination: route.destination,
      status: tracked.status,
      records: route.records,
      bytes: route.bytes,
      filtered: route.filtered,
      states: tracked.states + this.globalStates,
      acknowledgedStates: tracked.acknowledgedStates + this.acknowledgedGlobalStates,
      ...(rateLimitedUntilMs === undefined ? {} : { rateLimitedUntilMs }),
      ...(estimatedRecords === undefined ? {} : { estimatedRecords }),
      elapsedMs: startedMs === undefined ? 0 : (endedMs ?? performance.now()) - startedMs,
    };
  }

  private find(stream: { readonly name: string; readonly namespace?: string | null }): Tracked | undefined {
    const route = this.routes.find(stream);
    return route === undefined ? undefined : this.tracked.get(route);
  }
}

/** Takes a state and all before it off the list; of equal ones, the oldest. @returns how many */
function settleUpTo(open: string[], print: string, what: string): number {
  const place = open.indexOf(print);
  if (place < 0) throw notSent(what);
  open.splice(0, place + 1);
  return place + 1;
}

function notSent(what: string): SystemError {
  return new SystemError(
    `The destination acknowledged a state ${what} that is none of those it still has to return. It was not kept; run the sync again.`,
    {
      code: 'STATE_NOT_SENT',
    },
  );
}

function newTracked(): Tracked {
  return {
    status: 'WAITING',
    states: 0,
    acknowledgedStates: 0,
    openStates: [],
    rateLimitedUntilMs: undefined,
    estimatedRecords: undefined,
    startedMs: undefined,
    endedMs: undefined,
  };
}
