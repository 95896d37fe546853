import { randomUUID } from 'node:crypto';
import { type Answer, jsonAnswer, jsonBody, type Request } from '../server/exchange.js';
import type { System } from '../server/listen.js';
import type { Account } from './account.js';
import type { LoginData } from './logins.js';
import type { Result, ResultColumn } from './result.js';
import { SqlError } from './sql-error.js';

/** Time after which a statement is answered by the address of its result, in ms. */
const ASYNC_AFTER_MS = 45_000;

/** The routes that Snowflake's drivers use: login, statements, results, sessions, telemetry. */
export class DriverApi implements System {
  readonly #account: Account;
  /** Answers by `requestId`: a request that comes again is not run again. */
  readonly #answers = new Map<string, Promise<Answer>>();
  readonly #running = new Map<string, Promise<Answer>>();
  /** Time after which a statement is answered by the address of its result, in ms. */
  asyncAfterMs = ASYNC_AFTER_MS;

  constructor(account: Account) {
    this.#account = account;
  }

  handle(request: Request): Answer | Promise<Answer> {
    switch (request.path) {
      case '/session/v1/login-request':
        return this.#login(request);
      case '/session/token-request':
        return this.#renew(request);
      case '/session':
        return this.#endSession(request);
      case '/session/heartbeat':
        return success({});
      case '/queries/v1/query-request':
        return this.#statement(request);
      case '/queries/v1/abort-request':
      case '/telemetry/send':
        return success({});
      default:
        return this.#result(request);
    }
  }

  expireTokens(): void {
    this.#account.expireSessions('390112');
  }

  /** The next request with an id that was seen is run again, as after an outage that lost everything in memory. */
  forgetAnswers(): void {
    this.#answers.clear();
  }

  #login(request: Request): Answer {
    const { data } = (jsonBody(request) ?? {}) as { data?: LoginData };
    try {
      this.#account.logins.check(data ?? {});
    } catch (error) {
      return failure(error, undefined);
    }
    const place = {
      database: request.query.get('databaseName'),
      schema: request.query.get('schemaName'),
      role: request.query.get('roleName'),
    };
    const given = Object.fromEntries(
      Object.entries(place).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
    );
    const token = this.#account.open(given);
    return success({
      token,
      masterToken: `master-${token}`,
      validityInSeconds: 3600,
      masterValidityInSeconds: 14_400,
      parameters: [],
      sessionId: 1,
    });
  }

  #renew(request: Request): Answer {
    const body = (jsonBody(request) ?? {}) as { oldSessionToken?: string };
    try {
      const token = this.#account.renew(String(body.oldSessionToken));
      return success({
        sessionToken: token,
        masterToken: `master-${token}`,
        validityInSecondsST: 3600,
        validityInSecondsMT: 14_400,
      });
    } catch (error) {
      return failure(error, undefined);
    }
  }

  async #endSession(request: Request): Promise<Answer> {
    if (request.query.get('delete') === 'true') await this.#account.end(tokenOf(request));
    return success(null);
  }

  #statement(request: Request): Promise<Answer> {
    const id = request.query.get('requestId') ?? randomUUID();
    const known = this.#answers.get(id);
    if (known !== undefined) return known;
    const answer = this.#patiently(this.#run(request));
    this.#answers.set(id, answer);
    // An expired session is told each time: the driver repeats the request with the id of before.
    void answer.then(({ body }) => {
      if (String(body).includes('"code":"3901')) this.#answers.delete(id);
    });
    return answer;
  }

  async #run(request: Request): Promise<Answer> {
    const { sqlText = '', parameters } = (jsonBody(request) ?? {}) as {
      sqlText?: string;
      parameters?: { QUERY_TAG?: string };
    };
    const queryId = randomUUID();
    try {
      return answerOf(await this.#account.run(tokenOf(request), sqlText, parameters?.QUERY_TAG), queryId);
    } catch (error) {
      return failure(error, queryId);
    }
  }

  /** A long statement is answered by an address to ask for the result. */
  async #patiently(work: Promise<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.asyncAfterMs);
    });
    const first = await Promise.race([work, late]);
    clearTimeout(timer);
    if (first !== 'late') return first;
    const queryId = randomUUID();
    this.#running.set(queryId, work);
    return jsonAnswer(200, inProgress(queryId));
  }

  #result(request: Request): Answer | Promise<Answer> {
    const id = /^\/queries\/([^/]+)\/result$/.exec(request.path)?.[1];
    const running = id === undefined ? undefined : this.#running.get(id);
    return running ?? jsonAnswer(404, { success: false, message: 'Not found' });
  }
}

function inProgress(queryId: string): unknown {
  const data = { queryId, getResultUrl: `/queries/${queryId}/result`, queryAbortsAfterSecs: 300 };
  return { success: true, code: '333333', message: 'Query execution in progress.', data };
}

function tokenOf(request: Request): string {
  return /Token="([^"]*)"/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
}

function success(data: unknown): Answer {
  return jsonAnswer(200, { success: true, code: null, message: null, data });
}

/** Errors of SQL come with status 200. */
function failure(error: unknown, queryId: string | undefined): Answer {
  if (!(error instanceof SqlError)) throw error;
  const { code, message, sqlState } = error;
  return jsonAnswer(200, { success: false, code, message, data: { errorCode: code, sqlState, queryId } });
}

function answerOf(result: Result, queryId: string): Answer {
  const { upload, columns, rows, statementTypeId } = result;
  if (upload !== undefined) return success({ ...upload, queryId, parameters: [] });
  return success({
    queryId,
    statementTypeId,
    rowtype: columns.map(sentColumn),
    rowset: rows,
    total: rows.length,
    returned: rows.length,
    queryResultFormat: 'json',
    parameters: [],
    finalDatabaseName: null,
    finalSchemaName: null,
    finalWarehouseName: null,
    finalRoleName: null,
    version: 1,
  });
}

function sentColumn({ name, type, scale, precision }: ResultColumn): unknown {
  return {
    name,
    type,
    nullable: true,
    scale,
    precision,
    length: null,
    byteLength: null,
    database: '',
    schema: '',
    table: '',
  };
}
