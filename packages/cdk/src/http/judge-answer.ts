import type { RequestOptions } from './client.js';
import { NotJsonError, parseJson } from './parse-json.js';
import { type Answer, decideOutcome, type HttpPolicy, type Outcome } from './policy.js';
import { UNEXPECTED_STATUS } from './request-error.js';
import type { RawAnswer } from './transport.js';

const MAX_BODY_TEXT = 100_000;
const DOCUMENTED = [200];

/** A usable answer. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** Absolute URL that answered. */
  readonly url: string;
  /** The parsed body; undefined for an ignored answer, for an empty body where a 204 was expected, and when bytes were asked for. */
  readonly data: unknown;
  readonly bytes: Buffer;
}

/** How one attempt of a request ended: with an answer to use, or with what to do about it. */
export type AttemptResult =
  | { readonly kind: 'done'; readonly outcome: Outcome; readonly response: HttpResponse }
  | {
      readonly kind: 'failed';
      readonly outcome: Outcome;
      readonly fault: string;
      readonly answer?: Answer;
      /** The headers that proved who asked. */
      readonly credentials?: Readonly<Record<string, string>>;
    };

/** Judges an answer: whether its body is whole, and what the policy and the request say of it. */
export function judge(policy: HttpPolicy, raw: RawAnswer, options: RequestOptions): AttemptResult {
  const { status, headers, bytes } = raw;
  const { expect = DOCUMENTED } = options;
  const wantsBytes = options.as === 'bytes';
  const isFine = expect.includes(status);
  let body: unknown;
  const hasBody = bytes.length > 0 || (isFine && status !== 204);
  if (!(wantsBytes && isFine) && hasBody) {
    try {
      body = parseJson(bytes);
    } catch (error) {
      if (!(error instanceof NotJsonError)) throw error;
      // A good status with a body that is no JSON is a proxy's page or a cut answer: ask again.
      if (isFine) return { kind: 'failed', outcome: { action: 'retry' }, fault: error.message };
      body = bytes.toString('utf8', 0, MAX_BODY_TEXT);
    }
  }
  if (wantsBytes && isFine && options.isWhole?.(bytes) === false) {
    return {
      kind: 'failed',
      outcome: { action: 'retry' },
      fault: `the body is cut off or broken (${bytes.length} bytes)`,
    };
  }
  const answer: Answer = { status, headers, path: raw.url.pathname, requestHeaders: options.headers ?? {}, body };
  const outcome = provenOutcome(options.classify?.(answer) ?? decideOutcome(policy, answer, isFine), status, isFine);
  if (outcome.action !== 'ok' && outcome.action !== 'ignore') {
    return { kind: 'failed', outcome, answer, fault: `status ${status}` };
  }
  const data = outcome.action === 'ignore' ? undefined : body;
  return { kind: 'done', outcome, response: { status, headers, url: raw.url.href, data, bytes } };
}

/** A success counts only with a status that is expected; whatever else was read out of it proves nothing. */
function provenOutcome(outcome: Outcome, status: number, isExpected: boolean): Outcome {
  const isSuccess = status < 300 && !isExpected && ['ok', 'fail'].includes(outcome.action);
  return isSuccess && outcome.code === undefined ? { action: 'fail', code: UNEXPECTED_STATUS } : outcome;
}
