import { encodeState, encodeStats, isJsonObject, type StateMessage, type StateStats } from '@cuttle/protocol';

/**
 * A STATE line as the destination returns it: the bytes it got, with `destinationStats` put in; without the newline.
 *
 * The line is not parsed and written anew, because that would turn `3.0` into `3` and round large integers, and the
 * platform insists on getting the same state back.
 */
export function echoState(line: Buffer, stats: StateStats): string {
  const text = line.toString('utf8').trimEnd();
  const inserted = `"destinationStats":${encodeStats(stats)}`;
  const spliced = splice(text, inserted);
  return isSameState(text, spliced) ? spliced : rewritten(text, stats);
}

function splice(text: string, inserted: string): string {
  // PyAirbyte writes the counts of a state that has none yet as null.
  const blank = /"destinationStats"\s*:\s*null/.exec(text);
  if (blank !== null) return text.slice(0, blank.index) + inserted + text.slice(blank.index + blank[0].length);
  const state = /"state"\s*:\s*\{/.exec(text);
  if (state === null || text.includes('"destinationStats"')) return text;
  const at = state.index + state[0].length;
  const isEmpty = /^\s*\}/.test(text.slice(at));
  return `${text.slice(0, at)}${inserted}${isEmpty ? '' : ','}${text.slice(at)}`;
}

/** Guards the splice against a line whose first `"state":{`, or null of counts, is not the message's own. */
function isSameState(before: string, after: string): boolean {
  if (before === after) return false;
  const parsed: unknown = JSON.parse(after);
  return isJsonObject(parsed) && isJsonObject(parsed['state']) && isJsonObject(parsed['state']['destinationStats']);
}

function rewritten(text: string, stats: StateStats): string {
  const message = JSON.parse(text) as { readonly state: StateMessage };
  return encodeState({ ...message.state, destinationStats: stats });
}
