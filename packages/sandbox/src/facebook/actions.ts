import { parseTime, type SandboxClock } from '../server/clock.js';
import type { Action, ActionParams } from '../server/control.js';
import type { FaultBoard } from '../server/faults.js';
import type { RequestMatch } from '../server/match.js';
import { AdAccount, type EdgeName, type GraphObject } from './ad-account.js';
import type { DayFacts } from './delivery.js';
import { graphErrorBody } from './graph-error.js';
import { NOVEL_ACCOUNT } from './novel-account.js';
import type { AdPlatform } from './platform.js';
import { reportRows } from './report.js';
import { parseReport } from './report-request.js';
import type { JobFailure } from './report-runs.js';
import { seedAds } from './seed.js';

/** Control actions of the Graph API stand-in. `account` defaults to the shop's; times to the sandbox's clock. */
export function facebookActions(platform: AdPlatform, clock: SandboxClock, faults: FaultBoard): Record<string, Action> {
  const accountOf = (params: ActionParams): AdAccount => {
    const id = String(params['account'] ?? NOVEL_ACCOUNT);
    const account = platform.account(id);
    if (account === undefined) throw new Error(`No account ${id}`);
    return account;
  };
  const timeOf = (time: unknown): number => (time === undefined ? clock.now() : parseTime(time as string | number));
  const edgeOf = (params: ActionParams): EdgeName => String(params['edge']) as EdgeName;
  const valuesOf = (params: ActionParams) => (params['values'] ?? {}) as GraphObject['values'];
  return {
    'facebook.token': () => platform.token,
    /** Any part of {@link GraphSettings}; null takes a bound away. */
    'facebook.settings': (params) => {
      const entries = Object.entries(params).map(([name, value]) => [name, value ?? undefined]);
      return Object.assign(platform.settings, Object.fromEntries(entries));
    },
    /** A new account `{id, time_zone, values}`. */
    'facebook.account': (params) => {
      const zone = String(params['time_zone'] ?? 'UTC');
      platform.addAccount(new AdAccount(String(params['id']), zone, { currency: 'EUR', ...valuesOf(params) }));
    },
    'facebook.put': (params) => {
      const createdMs = timeOf(params['created']);
      const updatedMs = params['updated'] === undefined ? createdMs : timeOf(params['updated']);
      accountOf(params).put(edgeOf(params), {
        id: String(params['id']),
        createdMs,
        updatedMs,
        values: valuesOf(params),
      });
    },
    'facebook.update': (params) =>
      accountOf(params).update(edgeOf(params), String(params['id']), valuesOf(params), timeOf(params['updated'])),
    'facebook.objects': (params) => {
      const account = accountOf(params);
      return account.objects(edgeOf(params)).map((object) => account.renderObject(edgeOf(params), object));
    },
    /** What an ad did on a day of its account: `{day, ad, facts}`. */
    'facebook.deliver': (params) => {
      const facts = params['facts'] as Partial<DayFacts>;
      accountOf(params).delivery.set(String(params['day']), String(params['ad']), facts);
    },
    /** `ads` ads in one campaign, shown on `days` days from `first` on. */
    'facebook.seed': (params) => seedAds(accountOf(params), params, clock.now()),
    /** All rows of a report as they are known now, in one list: the parameters are those of `/insights`. */
    'facebook.rows': (params) => {
      const account = accountOf(params);
      const query = new URLSearchParams(
        Object.entries(params).map(([name, value]): [string, string] => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      );
      return reportRows(account, parseReport(query, platform.today(account)), platform.today(account));
    },
    'facebook.today': (params) => platform.today(accountOf(params)),
    /** What was asked of each job so far, and how it ended. */
    'facebook.jobs': () =>
      platform.runs.all().map(({ id, account, request, state }) => ({ id, account: account.id, ...request, state })),
    /** The next `count` jobs end as `{status, code, subcode}`. */
    'facebook.fail_jobs': ({ count, ...failure }) =>
      platform.runs.failNext(Number(count ?? 1), { status: 'Job Failed', ...failure } as JobFailure),
    /** A fault with an error body of the API: `{status, code, subcode, message}`; `match`, `after`, `count` as `faults.add`. */
    'facebook.fail': ({ match, after, count, ...parts }) => {
      const { status = 400, code = 1, message = 'An unknown error occurred', ...rest } = parts;
      const error = { status: Number(status), code: Number(code), message: String(message), ...rest };
      const body = JSON.stringify(graphErrorBody(error));
      const times = Object.fromEntries(Object.entries({ after, count }).filter(([, value]) => value !== undefined));
      const fault = { kind: 'status' as const, status: error.status, body };
      return faults.add({ fault, match: { system: 'graph', ...(match as RequestMatch | undefined) }, ...times });
    },
  };
}
