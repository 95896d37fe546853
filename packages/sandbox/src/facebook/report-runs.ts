import type { AdAccount } from './ad-account.js';
import { GraphError, reduceDataError, tooMuchData } from './graph-error.js';
import { coveredAds, type ReportPart, reportParts } from './report.js';
import type { ReportRequest } from './report-request.js';
import type { GraphSettings, Poison } from './settings.js';

/** How a job ended without a result. `code` is absent when the API says nothing about it. */
export interface JobFailure {
  readonly status: 'Job Failed' | 'Job Skipped';
  readonly code?: number;
  readonly subcode?: number;
}

/** An asynchronous report. */
export interface ReportRun {
  readonly id: string;
  readonly account: AdAccount;
  readonly request: ReportRequest;
  polls: number;
  state: 'running' | 'done' | JobFailure;
  rows: readonly ReportPart[];
}

const TOO_LARGE: JobFailure = { status: 'Job Failed', code: 2, subcode: 1_504_038 };

/** The asynchronous reports of all accounts. A result keeps what was known when the job was done. */
export class ReportRuns {
  readonly #settings: GraphSettings;
  readonly #runs = new Map<string, ReportRun>();
  #planned: JobFailure[] = [];

  constructor(settings: GraphSettings) {
    this.#settings = settings;
  }

  find(id: string): ReportRun | undefined {
    return this.#runs.get(id);
  }

  /** All jobs so far, oldest first. */
  all(): readonly ReportRun[] {
    return [...this.#runs.values()];
  }

  /** Makes the next jobs end without a result. */
  failNext(count: number, failure: JobFailure): void {
    this.#planned.push(...Array.from({ length: count }, () => failure));
  }

  /**
   * Starts a job.
   *
   * @throws {GraphError} when it is refused at once
   */
  start(account: AdAccount, request: ReportRequest): ReportRun {
    if (this.#spoils(account, request, 'create')) throw tooMuchData();
    const id = String(6_030_000_000_000 + this.#runs.size + 1);
    const run: ReportRun = { id, account, request, polls: 0, state: 'running', rows: [] };
    this.#runs.set(id, run);
    const failure = this.#planned.shift();
    if (failure !== undefined) run.state = failure;
    return run;
  }

  /** Takes note that somebody asked how far a job is. */
  poll(run: ReportRun, today: string): void {
    if (run.state !== 'running') return;
    run.polls += 1;
    if (run.polls <= this.#pendingPolls(run) || this.#isStuck(run)) return;
    if (this.#spoils(run.account, run.request, 'job')) {
      run.state = TOO_LARGE;
      return;
    }
    const rows = reportParts(run.account, run.request, today);
    const { maxReportRows } = this.#settings;
    if (maxReportRows !== undefined && rows.length > maxReportRows) {
      run.state = TOO_LARGE;
      return;
    }
    run.rows = rows;
    run.state = 'done';
  }

  /**
   * Rows of a job that is done.
   *
   * @throws {GraphError} 2601 while it is not, 1 when the result cannot be read
   */
  result(run: ReportRun): readonly ReportPart[] {
    if (run.state !== 'done') {
      const message = 'Error accessing adreport job.';
      throw new GraphError({ status: 400, code: 2601, subcode: 1_815_107, message, isTransient: true });
    }
    if (this.#spoils(run.account, run.request, 'read')) throw reduceDataError();
    return run.rows;
  }

  #pendingPolls({ id }: ReportRun): number {
    const { pendingPolls, slowRuns } = this.#settings;
    return Number(id) % 2 === slowRuns ? 2 * pendingPolls + 2 : pendingPolls;
  }

  #isStuck({ request }: ReportRun): boolean {
    return this.#settings.stuckDays.some((day) => request.since <= day && day <= request.until);
  }

  #spoils(account: AdAccount, request: ReportRequest, shows: NonNullable<Poison['shows']>): boolean {
    return this.#settings.poison.some((poison) => {
      if ((poison.shows ?? 'job') !== shows) return false;
      if (poison.field !== undefined && !request.fields.includes(poison.field)) return false;
      if (poison.day !== undefined && !(request.since <= poison.day && poison.day <= request.until)) return false;
      return poison.ad === undefined || coveredAds(account, request).some(({ ad }) => ad.id === poison.ad);
    });
  }
}

/** A job as the API shows it. At its end it is for a moment at 100 % and still running. */
export function renderRun({ id, account, request, state, polls }: ReportRun, pendingPolls: number): object {
  const base = {
    id,
    account_id: account.id,
    time_ref: 1_725_177_600,
    date_start: request.since,
    date_stop: request.until,
  };
  if (state === 'done') {
    return { ...base, async_status: 'Job Completed', async_percent_completion: 100, is_running: false };
  }
  if (state === 'running') {
    const percent = pendingPolls === 0 ? 0 : Math.min(100, Math.floor((polls * 100) / pendingPolls));
    const status = polls <= 1 ? 'Job Started' : 'Job Running';
    return { ...base, async_status: status, async_percent_completion: percent, is_running: true };
  }
  const told =
    state.code === undefined
      ? {}
      : { error_code: state.code, ...(state.subcode === undefined ? {} : { error_subcode: state.subcode }) };
  return { ...base, async_status: state.status, async_percent_completion: 0, is_running: false, ...told };
}
