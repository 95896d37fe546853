import type { Answer, Outcome } from '@cuttle/airbyte-cdk';
import { isJsonObject } from '@cuttle/protocol';

/** Code of the error for an answer that was too large: a smaller page may go through. */
export const REDUCE_DATA = 'GRAPH_REDUCE_DATA';
/** Code of the error for a report that is too large: only a part of it can be made. */
export const TOO_MUCH_DATA = 'GRAPH_TOO_MUCH_DATA';
/** Code of the error for something that the token may not see. */
export const NO_PERMISSION = 'GRAPH_NO_PERMISSION';

/** Code of the error for a field that the API does not have, or no longer. */
export const FIELD_REFUSED = 'GRAPH_FIELD_REFUSED';

/** The error in an answer of the Graph API. */
export interface GraphError {
  readonly code: number;
  readonly subcode: number | undefined;
  readonly message: string;
  readonly isTransient: boolean;
}

const RATE_LIMITS = new Set([4, 17, 32, 613, 80_000, 80_001, 80_002, 80_003, 80_004, 80_005, 80_006, 80_008]);
/** 2601 is a report that is read in the moment in which it is done. */
const TRANSIENT = new Set([2, 99, 104, 960, 2601]);
/** Longer messages are cut. */
const MAX_MESSAGE = 300;
/** Of insights: `(#100) a, b are not valid for fields param. please check ...`, with or without the names. */
const NOT_VALID = /\b(?:is|are) not valid for fields param/i;
/** Of objects: `(#100) Tried accessing nonexisting field (a) on node type (B)`, with or without the name. */
const NONEXISTENT = /nonexist(?:ing|ent) fields?(?: \(([^()]*)\))?/i;

/** The error of a body; undefined when it has none. */
export function graphError(body: unknown): GraphError | undefined {
  const error = isJsonObject(body) ? body['error'] : undefined;
  if (!isJsonObject(error) || typeof error['code'] !== 'number') return undefined;
  const { code, error_subcode: subcode, message, is_transient: isTransient } = error;
  return {
    code,
    subcode: typeof subcode === 'number' ? subcode : undefined,
    message: typeof message === 'string' ? message : '',
    isTransient: isTransient === true,
  };
}

/**
 * What an error means (Marketing API, error codes and rate limiting); undefined leaves it to the status.
 *
 * @param waitMs how long the headers ask to stay away
 */
export function decideError(
  error: GraphError,
  { status, path }: Pick<Answer, 'status' | 'path'>,
  waitMs: number,
): Outcome | undefined {
  const { code, subcode } = error;
  if (RATE_LIMITS.has(code)) return { action: 'rate_limit', waitMs };
  if (code === 100 && subcode === 1_487_534) {
    return { action: 'fail', code: TOO_MUCH_DATA, message: 'The report is too large for Meta.' };
  }
  if (code === 1 && status === 500) {
    return { action: 'fail', code: REDUCE_DATA, message: 'Meta cannot answer for so much data at once.' };
  }
  if (code === 190) {
    // 102 and 190 may quote the token, so nothing of the answer is repeated.
    const message = 'Meta does not accept the access_token: it is wrong, expired or was taken back.';
    return { action: 'refresh', message };
  }
  if (code === 10 || (code >= 200 && code < 300)) {
    const message = `The access_token lacks a right on ${subjectOf(path)}: it needs ads_read, and access to the ad account.`;
    return { action: 'config_error', code: NO_PERMISSION, message };
  }
  if (code === 100 && subcode === 33) {
    const message = `Meta shows no ${subjectOf(path)}: the id in account_ids is wrong, or the access_token may not see it.`;
    return { action: 'config_error', code: 'ACCOUNT_NOT_FOUND', message };
  }
  if (TRANSIENT.has(code) || error.isTransient) return { action: 'retry' };
  if (status !== 400) return undefined;
  if (code === 100 && (NOT_VALID.test(error.message) || NONEXISTENT.test(error.message))) {
    // Whole, since names are looked for in it.
    const message = `Meta refused fields of ${subjectOf(path)} (code ${code}): ${error.message}`;
    return { action: 'fail', code: FIELD_REFUSED, message };
  }
  return {
    action: 'fail',
    code: 'GRAPH_ERROR',
    message: `Meta refused ${subjectOf(path)} (code ${code})${told(error)}`,
  };
}

function subjectOf(path: string): string {
  const account = /\/act_(\d+)/.exec(path)?.[1];
  return account === undefined ? 'a request' : `ad account ${account}`;
}

function told({ message }: GraphError): string {
  return message === '' ? '.' : `: ${shorten(message)}`;
}

/** A message at a length that people read. Secrets have to be masked before: of one across the cut a part would stay. */
export function shorten(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 1).trimEnd()}…` : message;
}

/** Those of some fields that the message of a refusal names. */
export function refusedNames(message: string, fields: readonly string[]): readonly string[] {
  const at = message.search(NOT_VALID);
  const before = at < 0 ? '' : message.slice(0, at);
  const part = at < 0 ? NONEXISTENT.exec(message)?.[1] : before.slice(before.lastIndexOf(')') + 1);
  const words = new Set(part?.match(/\w+/g));
  return fields.filter((field) => words.has(field));
}

/** Whether the message of a refusal names one field or edge, whichever it is. */
export function namesOne(message: string): boolean {
  return NONEXISTENT.exec(message)?.[1] !== undefined;
}

/** For requests of which no smaller part can be asked for: Meta's "unknown error" is tried again. */
export function retryUnknown({ body }: Answer): Outcome | undefined {
  return graphError(body)?.code === 1 ? { action: 'retry' } : undefined;
}
