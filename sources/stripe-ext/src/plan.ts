import { cutInterval, findGaps, type Interval } from '@cuttle/airbyte-cdk';
import { lookbackSeconds, type StripeConfig, sliceSeconds, startSeconds } from './config.js';
import type { Resource } from './resource.js';
import type { Progress } from './state.js';

const DAY = 86_400;
const HOUR = 3600;
/** Events become visible late: what is younger than this is left for the next sync. */
export const SETTLE_SECONDS = 60;
/** Stripe keeps events for 30 days; a day less is relied on. */
const RETENTION_SECONDS = 29 * DAY;

/** What has to be read of one account. Times are seconds since the epoch. */
export interface Plan {
  /** The time from which events are read; undefined when none are. */
  readonly feedFrom: number | undefined;
  readonly listing: Listing | undefined;
  /** Why everything is listed again although it was before; undefined when it is not or is usual. */
  readonly reason: string | undefined;
}

/** A read of the list itself. */
export interface Listing {
  /** When it began, less the settle time: what changes later has an event that is read by the next sync. */
  readonly t0: number;
  /** Whether rows of an earlier listing have to be replaced, also where an event had made them newer. */
  readonly isRepeated: boolean;
  /** Whether slices that are done go into the state. */
  readonly isTracked: boolean;
  /** Times of creation still to be read; one that ends at `t0` has no upper bound in truth. */
  readonly windows: readonly Interval[];
}

/** What a plan is made from. */
export interface PlanInput {
  readonly resource: Pick<Resource, 'events' | 'hasCreatedFilter' | 'isRelisted' | 'minLookbackDays'>;
  readonly config: StripeConfig;
  readonly isFullRefresh: boolean;
  readonly progress: Progress;
  /** Whether the state is of the config's API version. */
  readonly isSameVersion: boolean;
  readonly now: number;
}

/** Decides what to read. */
export function makePlan(input: PlanInput): Plan {
  const { progress, now, resource } = input;
  const { until } = progress;
  const oldest = now - RETENTION_SECONDS;
  if (input.isFullRefresh || until === undefined)
    return { feedFrom: undefined, listing: listAll(input, false), reason: undefined };
  if (until > now) return { feedFrom: undefined, listing: undefined, reason: undefined };
  const feedFrom = resource.events.length === 0 ? undefined : Math.max(until, oldest);
  const reason = reasonToRepeat(input, until);
  if (reason !== undefined || progress.t0 !== undefined || isRelistDue(input)) {
    return { feedFrom, listing: listAll(input, true), reason };
  }
  const isByCreation = resource.events.length === 0 && !resource.isRelisted;
  return { feedFrom, listing: isByCreation ? listNew(input, until) : undefined, reason: undefined };
}

/** How far back objects are listed by creation in each sync, in seconds. */
export function lookbackOf({ minLookbackDays }: Pick<Resource, 'minLookbackDays'>, config: StripeConfig): number {
  return Math.max(lookbackSeconds(config), minLookbackDays * DAY);
}

/** Everything, or what is left of a listing that was cut off. */
function listAll({ resource, config, progress, isSameVersion, now }: PlanInput, isRepeated: boolean): Listing {
  const isResumed = progress.t0 !== undefined && isSameVersion && progress.t0 > now - RETENTION_SECONDS;
  const t0 = isResumed ? Number(progress.t0) : now - SETTLE_SECONDS;
  const gaps = findGaps({ start: startSeconds(config), end: t0 }, isResumed ? progress.slices : []);
  const step = resource.hasCreatedFilter ? sliceSeconds(config) : Number.POSITIVE_INFINITY;
  const windows = gaps.flatMap((gap) => (Number.isFinite(step) ? [...cutInterval(gap, step)] : [gap]));
  return { t0, isRepeated, isTracked: true, windows };
}

/** What was created since the last sync, less the lookback. */
function listNew({ resource, config, now }: PlanInput, until: number): Listing {
  const start = Math.max(startSeconds(config), until - lookbackOf(resource, config));
  const t0 = Math.max(now - SETTLE_SECONDS, start);
  return { t0, isRepeated: false, isTracked: false, windows: [{ start, end: t0 }] };
}

function reasonToRepeat(
  { resource, config, progress, isSameVersion, now }: PlanInput,
  until: number,
): string | undefined {
  const { listed = until } = progress;
  if (!isSameVersion) return 'the state is of another API version';
  if (resource.events.length > 0 && until < now - RETENTION_SECONDS) {
    return 'the state is older than the events that Stripe keeps; deletions between are only seen by a refresh';
  }
  return config.reconcile_days > 0 && now - listed >= config.reconcile_days * DAY
    ? 'reconcile_days have passed'
    : undefined;
}

function isRelistDue({ resource, config, progress, now }: PlanInput): boolean {
  const { listed } = progress;
  return resource.isRelisted && (listed === undefined || now - listed >= config.relist_hours * HOUR);
}
