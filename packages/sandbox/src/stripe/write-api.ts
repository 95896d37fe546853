import { createHash } from 'node:crypto';
import type { Answer } from '../server/exchange.js';
import type { ObjectKind } from './object-kind.js';
import type { Params } from './params.js';
import type { StripeAccount } from './stripe-account.js';
import { ApiFault, badRequest, noSuchObject } from './stripe-error.js';

/** An answer kept for a repeated request. */
interface Kept {
  readonly fingerprint: string;
  readonly answer: Answer;
  readonly atMs: number;
}

const KEPT_MS = 24 * 3_600_000;

/** Answers by idempotency key: the first one is given again for a day, also if it was an error of the server. */
export class IdempotentAnswers {
  readonly #kept = new Map<string, Kept>();

  /**
   * Does the work once for each key.
   *
   * @param request what has to be equal: path and body
   */
  answer(key: string | undefined, request: string, nowMs: number, work: () => Answer): Answer {
    if (key === undefined) return work();
    const fingerprint = createHash('sha256').update(request).digest('hex');
    const kept = this.#kept.get(key);
    if (kept !== undefined && nowMs - kept.atMs < KEPT_MS) {
      if (kept.fingerprint !== fingerprint) return reusedKey(key).answer();
      return { ...kept.answer, headers: { ...kept.answer.headers, 'idempotent-replayed': 'true' } };
    }
    const answer = work();
    // What was refused before the work began is not kept.
    if (answer.status !== 400 && answer.status !== 401 && answer.status !== 429) {
      this.#kept.set(key, { fingerprint, answer, atMs: nowMs });
    }
    return answer;
  }
}

/** Makes, changes or deletes an object by a form. @returns its id @throws {ApiFault} */
export function write(
  account: StripeAccount,
  kind: ObjectKind,
  id: string | undefined,
  method: string,
  params: Params,
): string {
  const values = typedValues(kind, params);
  try {
    if (id === undefined) {
      if (kind.object === 'refund')
        return account.refund(String(values['charge']), values['amount'] as number | undefined);
      return account.create(kind.object, values);
    }
    if (method === 'DELETE') account.remove(kind.object, id);
    else account.update(kind.object, id, values);
    return id;
  } catch (error) {
    const message = (error as Error).message;
    throw message.startsWith('No such') ? noSuchObject(kind.object, id ?? '') : badRequest(message);
  }
}

/** Form fields as the types that the object has. */
function typedValues(kind: ObjectKind, { expand: _expand, ...params }: Params): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const usual = kind.defaults[name];
      const isNumber = typeof usual === 'number' || name === 'amount';
      if (isNumber && typeof value === 'string') return [name, Number(value)];
      if (typeof usual === 'boolean') return [name, value === 'true'];
      return [name, value === '' ? null : value];
    }),
  );
}

function reusedKey(key: string): ApiFault {
  return new ApiFault(400, {
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
    type: 'idempotency_error',
  });
}
