import type { JsonObject } from '@cuttle/protocol';
import { dayOf, moveDay } from '../days.js';
import { hasSameStatuses, lacksDeleted, storedParts } from '../stored-parts.js';
import type { Period, TimeIncrement } from './periods.js';

/** How far one account was read. */
interface Progress {
  /** First day of the last period of which everything before it was read too. */
  cursor: string | undefined;
  /** Last day that was read of the periods up to the cursor's. */
  through: string | undefined;
  /** The day from which on everything was wanted; undefined when a state does not say. */
  from: string | undefined;
  /** First days of periods beyond the cursor that were read. */
  readonly slices: Set<string>;
  /** The account's day when the slices were read. */
  readOn: string | undefined;
}

const NOTHING = { cursor: undefined, through: undefined, readOn: undefined };

/** What state and report have to agree in. */
export interface StateForm {
  readonly timeIncrement: TimeIncrement;
  /** See `reportVersion`. */
  readonly version: string;
  /** Statuses of the config as the user wrote them, for states of the official connector. */
  readonly configured: readonly string[];
}

/**
 * The state of an insights stream:
 * `{"accounts": {"<id>": {"date_start", "date_stop", "from", "slices": [...], "read_on"}}, "time_increment", "report"}`.
 * `date_stop` is left out while it is equal to `date_start`, as it is for rows of one day.
 */
export class InsightState {
  readonly #form: StateForm;
  readonly #accounts: Map<string, Progress>;

  constructor(form: StateForm, accounts: Map<string, Progress>) {
    this.#form = form;
    this.#accounts = accounts;
  }

  /**
   * Opens the reading of an account.
   *
   * @param from first day that is wanted; one before that of the state starts the account anew
   */
  account(id: string, from: string): AccountState {
    const known = this.#accounts.get(id);
    const reaches = known !== undefined && (known.from === undefined || known.from <= from);
    const progress = reaches ? known : { ...NOTHING, from, slices: new Set<string>() };
    this.#accounts.set(id, progress);
    return new AccountState(progress);
  }

  encode(): JsonObject {
    const accounts = [...this.#accounts].map(
      ([id, { cursor, through, from, slices, readOn }]): [string, JsonObject] => [
        id,
        {
          ...(cursor === undefined ? {} : { date_start: cursor }),
          ...(through === undefined || through === cursor ? {} : { date_stop: through }),
          ...(from === undefined ? {} : { from }),
          ...(slices.size === 0 ? {} : { slices: [...slices].sort(), read_on: readOn ?? null }),
        },
      ],
    );
    const { timeIncrement, version } = this.#form;
    return { accounts: Object.fromEntries(accounts), time_increment: timeIncrement, report: version };
  }
}

/** How far one account was read, while it is. */
export class AccountState {
  readonly #progress: Progress;
  #todo: Period[] = [];
  readonly #done = new Set<string>();

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** First day of the last period of which everything before it was read; undefined for none. */
  get cursor(): string | undefined {
    return this.#progress.cursor;
  }

  /** Last day that was read of the periods up to the cursor's; numbers of the days before may change after it. */
  get through(): string | undefined {
    return this.#progress.through;
  }

  /**
   * Plans a reading; gives the periods that have to be read.
   *
   * @param all the periods in order, from the lookback on
   * @param today the account's day
   * @param lookbackDays days for which numbers still change; 0 when nothing is to be read again
   */
  plan(all: readonly Period[], today: string, lookbackDays: number): readonly Period[] {
    const { slices, readOn } = this.#progress;
    const settled = readOn === undefined ? '' : moveDay(readOn, -lookbackDays);
    // What was read on another day may have changed since, unless its numbers were final by then.
    const isRead = ({ since, until }: Period): boolean =>
      slices.has(since) && (lookbackDays === 0 || readOn === today || until < settled);
    for (const slice of [...slices]) if (!all.some(({ since }) => since === slice)) slices.delete(slice);
    const open = all.filter((period) => !isRead(period));
    for (const { since } of open) slices.delete(since);
    for (const { since } of all) if (slices.has(since)) this.#done.add(since);
    this.#progress.readOn = today;
    this.#todo = [...all];
    this.#advance();
    return open;
  }

  /** Takes note of a period whose rows were all sent. */
  done({ since }: Period): void {
    this.#done.add(since);
    this.#progress.slices.add(since);
    this.#advance();
  }

  /** The cursor moves over what was read without a gap, also within the lookback: else a day there could be forgotten. */
  #advance(): void {
    const { slices } = this.#progress;
    let count = 0;
    for (const { since, until } of this.#todo) {
      if (!this.#done.has(since)) break;
      count += 1;
      if (this.#progress.through === undefined || until > this.#progress.through) this.#progress.through = until;
      if (this.#progress.cursor === undefined || since > this.#progress.cursor) this.#progress.cursor = since;
    }
    this.#todo = this.#todo.slice(count);
    const { cursor } = this.#progress;
    for (const slice of slices) if (cursor !== undefined && slice <= cursor) slices.delete(slice);
  }
}

/**
 * Reads a state: ours, or one of the official connector (`{date_start, filter_statuses}`, or accounts at the top, each
 * with its own `time_increment` in some versions). Another time increment or set of fields starts over.
 *
 * @param accounts ids of the config: a state without accounts holds for all of them
 */
export function decodeInsightState(
  state: JsonObject | undefined,
  form: StateForm,
  accounts: readonly string[],
): InsightState {
  const found = new Map<string, Progress>();
  for (const [id, { content }] of storedParts(state ?? {}, accounts)) {
    if (content === undefined || insightProblem(content, form) !== undefined) continue;
    found.set(id, progressOf(content) as Progress);
  }
  return new InsightState(form, found);
}

/** Why a part of a state cannot be continued from, as a clause; undefined when it can. */
export function insightProblem(content: JsonObject, form: StateForm): string | undefined {
  const { time_increment: increment, report, filter_statuses: statuses } = content;
  if (increment !== undefined && increment !== form.timeIncrement) {
    return `its time_increment is ${JSON.stringify(increment)}, not ${form.timeIncrement}`;
  }
  if (report !== undefined && report !== form.version) {
    return 'it is of other fields, breakdowns or statuses';
  }
  if (lacksDeleted(content) || (statuses !== undefined && !hasSameStatuses(content, form.configured))) {
    return 'it is of another choice of statuses';
  }
  return progressOf(content) === undefined ? 'it has no day in "date_start" or "slices"' : undefined;
}

function progressOf({ date_start, date_stop, from, slices, read_on }: JsonObject): Progress | undefined {
  const cursor = dayOf(date_start);
  const days = Array.isArray(slices) ? slices.flatMap((slice) => dayOf(slice) ?? []) : [];
  if (cursor === undefined && (days.length === 0 || date_start !== undefined)) return undefined;
  const through = dayOf(date_stop) ?? cursor;
  return { cursor, through, from: dayOf(from), slices: new Set(days), readOn: dayOf(read_on) };
}
