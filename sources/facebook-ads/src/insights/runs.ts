import type { HttpClient } from '@cuttle/airbyte-cdk';
import { isJsonObject, isKnownError, type Json, type JsonObject, SystemError } from '@cuttle/protocol';
import { REDUCE_DATA, retryUnknown, TOO_MUCH_DATA } from '../error-table.js';
import type { Throttle } from '../throttle.js';

/** Requests that fit into one batch (Graph API, batch requests). */
const MAX_BATCH = 50;

/** How far a job is. */
export type RunState = 'running' | 'done' | 'too large' | 'transient' | 'failed';

/**
 * Starts a job; gives its id.
 *
 * @throws {SystemError} `GRAPH_TOO_MUCH_DATA` or `GRAPH_REDUCE_DATA` when it is refused for its size
 */
export async function startRun(
  http: HttpClient,
  account: string,
  form: Readonly<Record<string, string>>,
): Promise<string> {
  const { data } = await http.post(`/act_${account}/insights`, { form });
  const id = isJsonObject(data) ? data['report_run_id'] : undefined;
  if (typeof id !== 'string') throw new SystemError('Meta started a report without an id.', { code: 'GRAPH_ANSWER' });
  return id;
}

/**
 * Asks for one row of a report at once, to learn whether Meta takes its fields. No job is started.
 *
 * @throws {SystemError} `GRAPH_FIELD_REFUSED`
 */
export async function tryReport(
  http: HttpClient,
  account: string,
  form: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await http.get(`/act_${account}/insights`, { params: { ...form, limit: '1' } });
  } catch (error) {
    // Fields are looked at first, so they were taken.
    if (!isTooLarge(error)) throw error;
  }
}

/** Whether an error says that Meta cannot do so much at once. */
export function isTooLarge(error: unknown): boolean {
  return isKnownError(error) && (error.code === REDUCE_DATA || error.code === TOO_MUCH_DATA);
}

/** How far jobs are, by id. They are asked for in batches; one that the batch did not answer for is asked for alone. */
export async function pollRuns(
  http: HttpClient,
  throttle: Throttle,
  version: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RunState>> {
  const states = new Map<string, RunState>();
  for (let first = 0; first < ids.length; first += MAX_BATCH) {
    const part = ids.slice(first, first + MAX_BATCH);
    const answers = part.length === 1 ? [] : await askBatch(http, throttle, version, part);
    for (const [index, id] of part.entries()) {
      const answer = answers[index] ?? (await http.get(`/${id}`, { classify: retryUnknown })).data;
      states.set(id, stateOf(answer));
    }
  }
  return states;
}

/** Answers in the order of the ids; undefined where there was none, or an error. */
async function askBatch(
  http: HttpClient,
  throttle: Throttle,
  version: string,
  ids: readonly string[],
): Promise<readonly (JsonObject | undefined)[]> {
  const batch = JSON.stringify(ids.map((id) => ({ method: 'GET', relative_url: `${version}/${id}` })));
  const { data } = await http.post('/', { form: { batch }, classify: retryUnknown });
  if (!Array.isArray(data)) throw new SystemError('The answer to a batch is no list.', { code: 'GRAPH_ANSWER' });
  return data.map((item: Json) => {
    if (!isJsonObject(item)) return undefined;
    throttle.note(headersOf(item['headers']));
    if (item['code'] !== 200 || typeof item['body'] !== 'string') return undefined;
    const body: unknown = JSON.parse(item['body']);
    return isJsonObject(body) ? body : undefined;
  });
}

/** A job is done when it says so: at 100 percent it may still be running. */
function stateOf(answer: unknown): RunState {
  const run = isJsonObject(answer) ? answer : {};
  switch (run['async_status']) {
    case 'Job Completed':
      return 'done';
    case 'Job Failed':
    case 'Job Skipped':
      if (run['error_code'] === 2 && run['error_subcode'] === 1_504_044) return 'transient';
      if (run['error_subcode'] === 1_504_038 || run['error_subcode'] === 1_487_534) return 'too large';
      return 'failed';
    default:
      return 'running';
  }
}

function headersOf(list: Json | undefined): { readonly [name: string]: string } {
  const entries = Array.isArray(list) ? list.filter(isJsonObject) : [];
  return Object.fromEntries(entries.map(({ name, value }) => [String(name).toLowerCase(), String(value)]));
}
