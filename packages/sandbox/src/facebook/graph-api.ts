import { type Answer, bearerToken, jsonAnswer, type Request } from '../server/exchange.js';
import type { System } from '../server/listen.js';
import type { AdAccount } from './ad-account.js';
import { isEdge, listEdge, pick, wantedFields } from './edges.js';
import {
  GraphError,
  graphErrorAnswer,
  graphErrorBody,
  parameterError,
  tokenError,
  unknownObject,
} from './graph-error.js';
import { cutPage } from './paging.js';
import type { AdPlatform } from './platform.js';
import { type ReportPart, reportParts } from './report.js';
import { parseReport, type ReportRequest } from './report-request.js';
import { renderRow } from './report-row.js';
import { type ReportRun, renderRun } from './report-runs.js';
import { CallCounter } from './throttle.js';
import { userNode } from './user-node.js';
import { daysBetween } from './zone-time.js';

const MAX_BATCH = 50;
/** Days back that reports reach: 37 months. */
const RETENTION_DAYS = 1123;

/** The stand-in of `https://graph.facebook.com`: `/graph[/v<any version>]/...`. */
export class GraphApi implements System {
  readonly #platform: AdPlatform;
  readonly #calls: CallCounter;

  constructor(platform: AdPlatform) {
    this.#platform = platform;
    this.#calls = new CallCounter(platform);
  }

  expireTokens(): void {
    this.#platform.renewToken();
  }

  handle(request: Request): Answer {
    const date = new Date(this.#platform.now()).toUTCString();
    try {
      const { body, headers } = this.#answer(withForm(request));
      return jsonAnswer(200, body, { date, ...headers });
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      return graphErrorAnswer({ ...error.parts, headers: { date, ...error.parts.headers } });
    }
  }

  #answer(request: Request): { readonly body: unknown; readonly headers: Readonly<Record<string, string>> } {
    const token = request.query.get('access_token') ?? bearerToken(request);
    if (token !== this.#platform.token) throw tokenError();
    // Meta's own SDKs end paths with a slash.
    const parts = request.path
      .split('/')
      .slice(2)
      .filter((part) => part !== '');
    if (/^v\d+\.\d+$/.test(parts[0] ?? '')) parts.shift();
    const [node = '', edge] = parts;
    if (node === '' && request.query.has('batch')) return { body: this.#batch(request), headers: {} };
    if (node === 'me') return { body: userNode(this.#platform, edge, request), headers: {} };
    const run = this.#platform.runs.find(node);
    const account = run?.account ?? this.#platform.account(node.replace(/^act_/, ''));
    if (account === undefined || (run === undefined && !node.startsWith('act_'))) throw unknownObject(node);
    const isInsights = run !== undefined || edge === 'insights';
    this.#admit(account, isInsights);
    const body = run === undefined ? this.#account(account, edge, request) : this.#run(run, edge, request);
    return { body, headers: this.#calls.headers(account.id, isInsights) };
  }

  /** Counts a call; refuses it when the account may not call. */
  #admit(account: AdAccount, isInsights: boolean): void {
    if (this.#platform.settings.deniedPermissions.includes('ads_read')) {
      const message = '(#200) Ad account owner has NOT grant ads_management or ads_read permission';
      throw new GraphError({ status: 403, code: 200, message });
    }
    this.#calls.count(account.id);
    if (!this.#calls.isExhausted(account.id)) return;
    const message = 'There have been too many calls to this ad-account. Wait a bit and try again.';
    const headers = this.#calls.headers(account.id, isInsights);
    throw new GraphError({ status: 400, code: 80_004, subcode: 2_446_079, message, headers });
  }

  #account(account: AdAccount, edge: string | undefined, request: Request): unknown {
    if (edge === undefined) return pick(account.render(), wantedFields(this.#platform, request.query, 'AdAccount'));
    if (isEdge(edge)) return listEdge(this.#platform, account, edge, request);
    if (edge !== 'insights') {
      throw new GraphError({ status: 400, code: 2500, message: `Unknown path components: /${edge}` });
    }
    const today = this.#platform.today(account);
    const report = parseReport(request.query, today);
    wantedFields(this.#platform, request.query, 'report');
    if (daysBetween(report.since, today) > RETENTION_DAYS) {
      const message = '(#3018) The start date of the time range cannot be beyond 37 months from the current date';
      throw new GraphError({ status: 400, code: 3018, message });
    }
    if (request.method === 'POST') return { report_run_id: this.#platform.runs.start(account, report).id };
    return this.#rows(request, report, reportParts(account, report, today));
  }

  #run(run: ReportRun, edge: string | undefined, request: Request): unknown {
    const { runs, settings } = this.#platform;
    if (edge === 'insights') return this.#rows(request, run.request, runs.result(run));
    if (edge !== undefined) throw parameterError(`Tried accessing nonexisting field (${edge})`);
    runs.poll(run, this.#platform.today(run.account));
    return renderRun(run, settings.pendingPolls);
  }

  #rows(request: Request, report: ReportRequest, rows: readonly ReportPart[]): object {
    return cutPage(request, this.#platform.token, {
      rows,
      render: (part) => renderRow(part, report),
      cursorOf: (_row, index) => String(index),
      behind: (cursor) => Number(cursor) + 1,
      maxRows: this.#platform.settings.maxPageRows,
    });
  }

  /** Up to 50 requests in one; each counts as a call and has a status of its own. */
  #batch(request: Request): unknown {
    const token = request.query.get('access_token') ?? bearerToken(request) ?? '';
    const items = JSON.parse(request.query.get('batch') ?? '[]') as { method?: string; relative_url?: string }[];
    if (items.length > MAX_BATCH) throw parameterError(`Too many requests in batch message. Maximum is ${MAX_BATCH}`);
    return items.map(({ method = 'GET', relative_url: target = '' }) => {
      const url = new URL(`http://graph/graph/${target.replace(/^\//, '')}`);
      url.searchParams.set('access_token', token);
      const inner = { ...request, method, path: url.pathname, query: url.searchParams, body: '' };
      const render = (code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): object => ({
        code,
        headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
        body: JSON.stringify(body),
      });
      try {
        const { body, headers } = this.#answer(inner);
        return render(200, body, headers);
      } catch (error) {
        if (!(error instanceof GraphError)) throw error;
        return render(error.parts.status, graphErrorBody(error.parts), error.parts.headers);
      }
    });
  }
}

/** Parameters may stand in the query or in a form. */
function withForm(request: Request): Request {
  if (request.body === '') return request;
  const query = new URLSearchParams(request.query);
  for (const [name, value] of new URLSearchParams(request.body)) query.set(name, value);
  return { ...request, query };
}
