import type { HttpClient } from '@cuttle/airbyte-cdk';
import { type Constraint, listThings, timeOf } from './api.js';
import type { CreatedRange } from './state.js';

/** Types with fewer rows are read in one lane: two more requests would not pay. */
const MIN_ROWS_TO_CUT = 2000;
/** Ranges for each lane, so that lanes that happen to get few rows take over others. */
const RANGES_PER_LANE = 4;

/**
 * Cuts the creation times of a type into stretches that can be read side by side. Ranges touch, the first has no lower
 * and the last no upper bound, so together they hold every row, also one that is created meanwhile.
 */
export async function cutByCreation(
  http: HttpClient,
  type: string,
  lanes: number,
  constraints: readonly Constraint[],
): Promise<CreatedRange[]> {
  const whole: CreatedRange[] = [{ endMs: undefined, position: undefined }];
  if (lanes === 1) return whole;
  const search = { sortField: 'Created Date', constraints, limit: 1 } as const;
  const oldest = await listThings(http, type, { ...search, needsTotal: true });
  if ((oldest.total ?? 0) < MIN_ROWS_TO_CUT) return whole;
  const newest = await listThings(http, type, { ...search, descending: true });
  const [first, last] = [oldest.things[0], newest.things[0]];
  if (first === undefined || last === undefined) return whole;
  const startMs = timeOf(type, first, 'Created Date');
  const spanMs = timeOf(type, last, 'Created Date') - startMs;
  const count = Math.min(lanes * RANGES_PER_LANE, spanMs);
  if (count < 2) return whole;
  const cuts = Array.from({ length: count - 1 }, (_, index) => startMs + Math.ceil((spanMs * (index + 1)) / count));
  return [undefined, ...cuts].map((fromMs, index) => ({
    endMs: cuts[index],
    position: fromMs === undefined ? undefined : { timeMs: fromMs, ids: new Set<string>() },
  }));
}
