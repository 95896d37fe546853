import type { HttpClient, Logger } from '@cuttle/airbyte-cdk';
import { type JsonObject, TransientError } from '@cuttle/protocol';
import { FieldSet } from '../field-set.js';
import { listPages } from '../paging.js';
import type { Throttle } from '../throttle.js';
import { type FieldMerge, type Job, jobForm } from './job.js';
import type { Period } from './periods.js';
import { idFields, keyFields, type Report, rowKey, withBreakdownIds } from './report.js';
import { isTooLarge, pollRuns, type RunState, startRun, tryReport } from './runs.js';
import { cutByIds, splitJob } from './split.js';

/** Jobs of one account and stream that Meta works on at once; with four lanes 100 in all. */
const MAX_RUNNING = 25;
const MAX_FAILURES = { 'too large': 0, failed: 1, transient: 5 };
const FIRST_POLL_MS = 2000;
const LONGEST_POLL_MS = 30_000;
/** Wait for calls to become free when no job may be started and none is running. */
const THROTTLED_MS = 60_000;

/** What a reader works with. */
export interface ReaderOptions {
  readonly http: HttpClient;
  readonly log: Logger;
  readonly throttle: Throttle;
  readonly report: Report;
  /** Digits. */
  readonly account: string;
  readonly apiVersion: string;
  /** First day that Meta still has. */
  readonly earliest: string;
  readonly pageSize: number;
  /** First and longest wait between two looks, in ms; for tests. */
  readonly pollMs: number | undefined;
  /** Whether periods have to be finished one after another. */
  readonly isOrdered: boolean;
}

/** What comes out: rows of a period with the columns that they lack, or that a period is finished. */
export type ReaderEvent =
  | { readonly rows: readonly JsonObject[]; readonly lost: readonly string[] }
  | { readonly done: Period };

/** A job with a result. */
interface Ready {
  readonly job: Job;
  /** Undefined for one that ends without a result when it is its turn. */
  readonly id: string | undefined;
  /** Fields of the job that were not asked for since Meta refuses them. */
  readonly lost: readonly string[];
}

interface Running extends Ready {
  readonly id: string;
  waitedMs: number;
}

/**
 * Reads periods of one account by asynchronous reports, as many side by side as Meta allows. Whatever fails for its size
 * is cut and goes through the same queue, so that other periods go on meanwhile.
 */
export class InsightReader {
  readonly #options: ReaderOptions;
  readonly #periods: Period[];
  readonly #queue: Job[];
  #running: Running[] = [];
  readonly #ready: Ready[] = [];
  readonly #fields: FieldSet;
  /** Jobs whose rows could be read. */
  #successes = 0;
  /** The number of them when the first job of a period failed, by the period's first day. */
  readonly #troubledAt = new Map<string, number>();
  /** Jobs of each period that are not finished, by its first day, in the order in which their rows belong. */
  readonly #open = new Map<string, Job[]>();

  constructor(options: ReaderOptions, periods: readonly Period[]) {
    this.#options = options;
    this.#periods = [...periods];
    const { fields } = options.report;
    this.#queue = periods.map((period) => ({
      period,
      scope: undefined,
      fields,
      purpose: { kind: 'rows' },
      sent: new Set(),
      failures: 0,
    }));
    for (const job of this.#queue) this.#open.set(job.period.since, [job]);
    this.#fields = this.#fieldSet();
  }

  async *read(): AsyncGenerator<ReaderEvent> {
    let idlePolls = 0;
    while (this.#queue.length > 0 || this.#running.length > 0 || this.#ready.length > 0) {
      yield* this.#startJobs();
      const next = this.#takeReady();
      if (next !== undefined) {
        yield* next.id === undefined ? this.#close(next.job) : this.#finish(next, next.id);
        continue;
      }
      if (this.#running.length === 0) continue;
      await this.#wait(idlePolls);
      const before = this.#running.length;
      yield* this.#poll();
      idlePolls = this.#running.length < before ? 0 : idlePolls + 1;
    }
  }

  async *#startJobs(): AsyncGenerator<ReaderEvent> {
    const { http, throttle, account, report, earliest } = this.#options;
    while (this.#queue.length > 0 && this.#running.length < MAX_RUNNING) {
      if (!throttle.allowsJobs(account)) {
        if (this.#running.length > 0 || this.#firstReady() >= 0) return;
        // The use is only told in answers: after a while one job is started to learn it.
        await http.wait(THROTTLED_MS);
      }
      const job = this.#queue.shift() as Job;
      const { refused } = this.#fields;
      const fields = job.fields.filter((field) => !refused.includes(field));
      try {
        const id = await startRun(http, account, jobForm(report, { ...job, fields }, earliest));
        const lost = job.fields.filter((field) => refused.includes(field));
        this.#running.push({ job, id, lost, waitedMs: 0 });
      } catch (error) {
        if (isTooLarge(error)) {
          yield* this.#split(job);
          continue;
        }
        if (job.purpose.kind === 'ids') throw error;
        await this.#fields.exclude(error);
        this.#queue.unshift(job);
      }
    }
  }

  #fieldSet(): FieldSet {
    const { http, log, account, report, earliest } = this.#options;
    const [first] = this.#queue;
    return new FieldSet({
      log,
      stream: report.name,
      account,
      wanted: report.fields,
      required: idFields(report.level),
      ask: async (fields) => {
        // One day is enough to learn whether they are taken.
        const day = first?.period.until ?? earliest;
        const job = { ...(first as Job), period: { since: day, until: day }, fields };
        await tryReport(http, account, jobForm(report, job, earliest));
      },
    });
  }

  #takeReady(): Ready | undefined {
    const at = this.#firstReady();
    return at < 0 ? undefined : this.#ready.splice(at, 1)[0];
  }

  /** Place of the next job with a result; when rows have to be in order, of the first unfinished job only. */
  #firstReady(): number {
    const { isOrdered } = this.#options;
    const [first] = this.#open.get(this.#periods[0]?.since ?? '') ?? [];
    return this.#ready.findIndex(({ job }) => !isOrdered || job === first);
  }

  async #wait(idlePolls: number): Promise<void> {
    const { http, pollMs } = this.#options;
    const ms = pollMs ?? Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * 2 ** Math.min(idlePolls, 4));
    await http.wait(ms);
    for (const running of this.#running) running.waitedMs += ms;
  }

  async *#poll(): AsyncGenerator<ReaderEvent> {
    const { http, throttle, apiVersion, report } = this.#options;
    const ids = this.#running.map(({ id }) => id);
    const states = await pollRuns(http, throttle, apiVersion, ids);
    const looked = this.#running;
    this.#running = [];
    for (const running of looked) {
      const state = states.get(running.id) ?? 'running';
      if (state === 'done') this.#ready.push(running);
      else if (state !== 'running') yield* this.#fail(running.job, state);
      else if (running.waitedMs > report.jobTimeoutMs) yield* this.#fail(running.job, 'failed');
      else this.#running.push(running);
    }
  }

  /** A job without a result: once more, or cut. */
  async *#fail(job: Job, state: Exclude<RunState, 'running' | 'done'>): AsyncGenerator<ReaderEvent> {
    job.failures += 1;
    if (job.failures <= MAX_FAILURES[state]) {
      this.#queue.unshift(job);
      return;
    }
    if (state === 'transient') {
      const { account, report } = this.#options;
      const message = `Meta's reports for ad account ${account} (${report.name}, ${job.period.since}) fail for a while.`;
      throw new TransientError(message, { code: 'REPORTS_FAIL' });
    }
    yield* this.#split(job);
  }

  /** Reads a job's result. */
  async *#finish({ job, lost }: Ready, id: string): AsyncGenerator<ReaderEvent> {
    const { http, log, pageSize, report } = this.#options;
    const pages = listPages({
      http,
      log,
      path: `/${id}/insights`,
      params: {},
      limit: pageSize,
      whenTooLarge: 'give up',
    });
    const collected: JsonObject[] = [];
    try {
      for await (const raw of pages) {
        const page = raw.map((row) => withBreakdownIds(report, row));
        if (job.purpose.kind !== 'rows') {
          collected.push(...page);
          continue;
        }
        yield* this.#send(job, page, lost);
      }
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      yield* this.#split(job);
      return;
    }
    yield* this.#take(job, collected);
  }

  /** Sends rows of a job, apart from those that were sent before it had to be cut. */
  *#send({ sent }: Job, rows: Iterable<JsonObject>, lost: readonly string[]): Generator<ReaderEvent> {
    const keys = keyFields(this.#options.report);
    const fresh: JsonObject[] = [];
    for (const row of rows) {
      const key = rowKey(row, keys);
      if (sent.has(key)) continue;
      sent.add(key);
      fresh.push(row);
    }
    if (fresh.length > 0) yield { rows: fresh, lost };
  }

  *#take(job: Job, rows: readonly JsonObject[]): Generator<ReaderEvent> {
    const { purpose } = job;
    const { report } = this.#options;
    switch (purpose.kind) {
      case 'rows':
        this.#successes += 1;
        break;
      case 'ids': {
        const ids = rows.map((row) => String(row[`${purpose.level}_id`]));
        this.#add(job, cutByIds(report, job, purpose.level, ids));
        break;
      }
      case 'fields':
        this.#successes += 1;
        this.#merge(purpose.merge, rows);
        break;
      default:
        purpose satisfies never;
    }
    yield* this.#close(job);
  }

  async *#split(job: Job): AsyncGenerator<ReaderEvent> {
    const { since } = job.period;
    if (!this.#troubledAt.has(since)) this.#troubledAt.set(since, this.#successes);
    const parts = await splitJob(this.#options, job);
    this.#add(job, parts);
    // Without parts it is the end of a merge, whose rows may not come before those of the jobs in front.
    if (parts.length === 0 && this.#options.isOrdered) this.#ready.push({ job, id: undefined, lost: [] });
    else yield* this.#close(job);
  }

  #merge({ rows: merged }: FieldMerge, rows: readonly JsonObject[]): void {
    const keys = keyFields(this.#options.report);
    for (const row of rows) {
      const key = rowKey(row, keys);
      merged.set(key, { ...merged.get(key), ...row });
    }
  }

  /** Parts go first: the rest of their period is done already. Their rows belong where those of the whole would be. */
  #add(whole: Job, jobs: readonly Job[]): void {
    this.#queue.unshift(...jobs);
    const open = this.#open.get(whole.period.since) ?? [];
    open.splice(open.indexOf(whole) + 1, 0, ...jobs);
  }

  /** Ends a job; behind the last one of its period, the period. */
  *#close(job: Job): Generator<ReaderEvent> {
    if (job.purpose.kind === 'fields') {
      const { merge } = job.purpose;
      merge.open -= 1;
      if (merge.open === 0) {
        this.#tellDropped(job, merge);
        const lost = [...new Set([...this.#fields.refused, ...merge.dropped])].sort();
        yield* this.#send(job, merge.rows.values(), lost);
      }
    }
    const open = this.#open.get(job.period.since) ?? [];
    open.splice(open.indexOf(job), 1);
    if (open.length > 0) return;
    this.#open.delete(job.period.since);
    this.#periods.splice(
      this.#periods.findIndex(({ since }) => since === job.period.since),
      1,
    );
    yield { done: job.period };
  }

  /** @throws {TransientError} when nothing could be read since the trouble began: then it is not the object's */
  #tellDropped({ scope, period }: Job, { dropped, rows }: FieldMerge): void {
    if (dropped.length === 0) return;
    const { account, log, report } = this.#options;
    const subject = scope === undefined ? `ad account ${account}` : `${scope.level} ${scope.ids.join(', ')}`;
    const place = `${report.name} of ${subject}, ${period.since}`;
    if (rows.size > 0 || this.#successes > (this.#troubledAt.get(period.since) ?? 0)) {
      const isAll = dropped.length === this.#fields.names.length - idFields(report.level).length;
      const what = isAll ? 'everything' : dropped.join(', ');
      log.warn(`${place}: Meta cannot report ${what}; left out. The next syncs ask again within the lookback window.`);
      return;
    }
    throw new TransientError(`${place}: Meta's reports fail, whatever is asked for.`, { code: 'REPORTS_FAIL' });
  }
}
