import type { StateProblem } from '@cuttle/airbyte-cdk';
import { isJsonObject, type JsonObject } from '@cuttle/protocol';

/** Names that say how a state was made, not how far it is. */
const FORM = new Set(['time_increment', 'report', 'filter_statuses', 'include_deleted']);
const ACCOUNT = /^\d+$/;

/** What a state says of one account, together with what it says of all of them. */
export interface StoredPart {
  /** Undefined when the state does not hold an object for the account. */
  readonly content: JsonObject | undefined;
  /** Whether the part names a position at all; one without has nothing to continue from. */
  readonly isEmpty: boolean;
}

/**
 * The parts of a state by account id: ours (`{"accounts": {...}}`), or one of the official connector, with accounts at
 * the top or without any, which then holds for each account of the config.
 */
export function storedParts(state: JsonObject, accounts: readonly string[]): ReadonlyMap<string, StoredPart> {
  const { accounts: own, ...rest } = state;
  const common = Object.fromEntries(Object.entries(rest).filter(([name]) => !ACCOUNT.test(name)));
  const listed = Object.entries(isJsonObject(own) ? own : rest).filter(([id]) => ACCOUNT.test(id));
  if (!isJsonObject(own) && listed.length === 0) {
    const part = { content: own === undefined ? common : undefined, isEmpty: own === undefined && isForm(common) };
    return new Map(accounts.map((id) => [id, part]));
  }
  return new Map(
    listed.map(([id, part]) => {
      const content = isJsonObject(part) ? { ...common, ...part } : undefined;
      return [id, { content, isEmpty: isJsonObject(part) && isForm(part) }];
    }),
  );
}

/**
 * The problems of a state, by the accounts of the config.
 *
 * @param problemOf a clause about a part that holds a position
 * @param begin where an account is read again from
 */
export function partProblems(
  state: JsonObject,
  accounts: readonly string[],
  problemOf: (content: JsonObject) => string | undefined,
  begin: string,
): readonly StateProblem[] {
  return [...storedParts(state, accounts)].flatMap(([id, { content, isEmpty }]) => {
    if (isEmpty || !accounts.includes(id)) return [];
    const problem = content === undefined ? 'it is not an object' : problemOf(content);
    if (problem === undefined) return [];
    return [{ problem: `of account ${id}, ${problem}`, consequence: `account ${id} is read again from ${begin}` }];
  });
}

/** Whether a part was made with the same choice of statuses. */
export function hasSameStatuses({ filter_statuses: before }: JsonObject, statuses: readonly string[]): boolean {
  const known = Array.isArray(before) ? before.map(String).sort() : [];
  return JSON.stringify(known) === JSON.stringify([...statuses].sort());
}

/** Whether the official connector left deleted objects out (its versions write false or 0). */
export function lacksDeleted({ include_deleted: hasDeleted }: JsonObject): boolean {
  return hasDeleted === false || hasDeleted === 0;
}

function isForm(part: JsonObject): boolean {
  return Object.keys(part).every((name) => FORM.has(name) || name === 'from');
}
