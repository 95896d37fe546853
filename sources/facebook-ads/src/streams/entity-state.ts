import type { JsonObject } from '@cuttle/protocol';
import { hasSameStatuses, lacksDeleted, storedParts } from '../stored-parts.js';

/** Name of the time in a state, that of the cursor field. */
export type CursorField = 'updated_time' | 'event_time';

/**
 * The state of a stream of objects: `{"accounts": {"<id>": {"updated_time": "2024-..Z"}}, "filter_statuses": [...]}`,
 * with the last change of each account that was read to its end. It is shared by the slices of a read.
 */
export class EntityState {
  readonly #field: CursorField;
  readonly #statuses: readonly string[];
  readonly #times: Map<string, number>;

  constructor(field: CursorField, statuses: readonly string[], times: Map<string, number>) {
    this.#field = field;
    this.#statuses = statuses;
    this.#times = times;
  }

  /** Last change of an account that was read, ms since the epoch. */
  timeOf(account: string): number | undefined {
    return this.#times.get(account);
  }

  /** Takes note of an account that was read to its end; a time never moves back. */
  done(account: string, timeMs: number): void {
    this.#times.set(account, Math.max(timeMs, this.#times.get(account) ?? 0));
  }

  encode(): JsonObject {
    const accounts = [...this.#times].map(([id, timeMs]): [string, JsonObject] => [
      id,
      { [this.#field]: new Date(timeMs).toISOString() },
    ]);
    return { accounts: Object.fromEntries(accounts), filter_statuses: [...this.#statuses] };
  }
}

/** What a state and a stream have to agree in. */
export interface EntityForm {
  readonly field: CursorField;
  /** The config's choice of statuses; empty for all, undefined for objects without one. */
  readonly statuses: readonly string[] | undefined;
}

/**
 * Reads a state: ours, or one of the official connector (`{updated_time, filter_statuses}`, or accounts at the top with
 * `include_deleted`, there or in each). Another choice of statuses starts over.
 *
 * @param accounts ids of the config: a state without accounts holds for all of them
 */
export function decodeEntityState(
  state: JsonObject | undefined,
  form: EntityForm,
  accounts: readonly string[],
): EntityState {
  const times = new Map<string, number>();
  for (const [id, { content }] of storedParts(state ?? {}, accounts)) {
    if (content === undefined || entityProblem(content, form) !== undefined) continue;
    times.set(id, Number(timeIn(content, form.field)));
  }
  return new EntityState(form.field, form.statuses ?? [], times);
}

/** Why a part of a state cannot be continued from, as a clause; undefined when it can. */
export function entityProblem(content: JsonObject, { field, statuses }: EntityForm): string | undefined {
  if (timeIn(content, field) === undefined) return `it has no time in "${field}"`;
  if (statuses === undefined) return undefined;
  const isSame = hasSameStatuses(content, statuses) && !lacksDeleted(content);
  return isSame ? undefined : 'it is of another choice of statuses';
}

function timeIn(part: JsonObject, field: CursorField): number | undefined {
  const value = part[field];
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
