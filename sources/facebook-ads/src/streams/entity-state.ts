import { isJsonObject, type JsonObject } from '@cuttle/protocol';

/** Name of the time in a state, that of the cursor field. */
type CursorField = 'updated_time' | 'event_time';

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

/**
 * Reads a state: ours, or one of the official connector (`{updated_time, filter_statuses}`, or accounts at the top with
 * `include_deleted`). Another choice of statuses starts anew.
 *
 * @param statuses the config's choice; empty for all
 * @param accounts ids of the config: a state without accounts holds for all of them
 */
export function decodeEntityState(
  state: JsonObject | undefined,
  field: CursorField,
  statuses: readonly string[],
  accounts: readonly string[],
): EntityState {
  const times = new Map<string, number>();
  const { accounts: own, filter_statuses: before, include_deleted: hasDeleted, ...rest } = state ?? {};
  const known = Array.isArray(before) ? before.map(String).sort() : [];
  const isSame = JSON.stringify(known) === JSON.stringify([...statuses].sort()) && hasDeleted !== false;
  if (isSame) {
    const flat = timeIn(rest, field);
    if (flat !== undefined) for (const id of accounts) times.set(id, flat);
    for (const [id, part] of Object.entries(isJsonObject(own) ? own : rest)) {
      const time = /^\d+$/.test(id) && isJsonObject(part) ? timeIn(part, field) : undefined;
      if (time !== undefined) times.set(id, time);
    }
  }
  return new EntityState(field, statuses, times);
}

function timeIn(part: JsonObject, field: CursorField): number | undefined {
  const value = part[field];
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
