import { isJsonObject, SystemError } from '@cuttle/protocol';

/**
 * What a failed request did: `refused` did nothing; after `unclear` (timeout, reset, 5xx, 429, an answer that is no JSON)
 * it may have taken effect.
 */
export type Outcome = 'refused' | 'unclear';

/** Thrown when Airbyte does not answer a request as it should. */
export class ApiError extends SystemError {
  /** 0 without an answer. */
  readonly status: number;
  readonly outcome: Outcome;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, status: number, outcome: Outcome, retryAfterMs?: number) {
    super(message, { code: status === 0 ? 'AIRBYTE_UNREACHABLE' : `AIRBYTE_${status}` });
    this.status = status;
    this.outcome = outcome;
    this.retryAfterMs = retryAfterMs;
  }
}

const UNCLEAR: readonly number[] = [408, 429, 500, 502, 503, 504];

/** The error of an answer that is no success. @param label method and path */
export function answerError(label: string, status: number, body: string, retryAfter: string | null): ApiError {
  const problem = parse(body);
  const isAgain = status === 409 && /try-again-later/.test(problem.type);
  const outcome = UNCLEAR.includes(status) || isAgain ? 'unclear' : 'refused';
  const reason = problem.message === '' ? 'no reason was given' : problem.message;
  return new ApiError(`Airbyte answered ${status} to ${label}: ${reason}`, status, outcome, retryAfterOf(retryAfter));
}

/** The useful text of a problem: `data.message`, else the message of the Config API; stacks are never shown. */
function parse(body: string): { readonly type: string; readonly message: string } {
  try {
    const value: unknown = JSON.parse(body);
    if (!isJsonObject(value)) return { type: '', message: '' };
    const data = isJsonObject(value['data']) ? value['data'] : {};
    const found = [data['message'], value['message'], value['detail'], value['title']].find(
      (text) => typeof text === 'string' && text !== '',
    );
    const validation = Array.isArray(value['validationErrors']) ? value['validationErrors'] : [];
    const more = validation.length === 0 ? '' : ` ${JSON.stringify(validation)}`;
    // What follows is the whole schema of the connector.
    const message = String(found ?? '')
      .split('Schema:')[0]!
      .trim();
    return { type: String(value['type'] ?? ''), message: `${message}${more}`.slice(0, 2000) };
  } catch {
    return { type: '', message: /<html/i.test(body) ? 'an HTML page instead of JSON' : body.slice(0, 200) };
  }
}

function retryAfterOf(value: string | null): number | undefined {
  if (value === null || !/^\d{1,5}$/.test(value.trim())) return undefined;
  return Number(value) * 1000;
}
