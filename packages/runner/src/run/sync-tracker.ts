import { type EstimateTrace, type StreamStatus, type StreamStatusTrace, streamKey } from '@cuttle/protocol';
import type { AcknowledgedState } from '../pipe/state-lines.js';
import type { StreamRoute, StreamRoutes } from '../pipe/stream-route.js';
import type { Progress, RunError, StreamProgress } from './events.js';

interface Tracked {
  status: StreamStatus | 'WAITING';
  states: number;
  acknowledgedStates: number;
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
  sent(streams: readonly StreamRoute[], isGlobal: boolean): void {
    if (isGlobal) this.globalStates += 1;
    else for (const route of streams) this.tracked.get(route)!.states += 1;
  }

  acknowledged(state: AcknowledgedState): void {
    if (state.type === 'GLOBAL') this.acknowledgedGlobalStates += 1;
    else for (const { route } of state.streams) this.tracked.get(route)!.acknowledgedStates += 1;
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

function newTracked(): Tracked {
  return {
    status: 'WAITING',
    states: 0,
    acknowledgedStates: 0,
    rateLimitedUntilMs: undefined,
    estimatedRecords: undefined,
    startedMs: undefined,
    endedMs: undefined,
  };
}
