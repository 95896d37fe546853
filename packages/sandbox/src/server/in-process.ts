import { setTimeout as wait } from 'node:timers/promises';
import { answerRequest, type System } from './answer-request.js';
import type { Control } from './control.js';
import type { Answer, Request } from './exchange.js';
import type { FaultKind } from './faults.js';

/**
 * A `fetch` that reaches the systems without a socket, for tests with very many requests: the same work, log and faults
 * as over HTTP. A reset is a rejected call, a hanging one ends with the caller's abort signal.
 */
export function inProcessFetch(systems: ReadonlyMap<string, System>, control: Control): typeof fetch {
  return async (input, init) => {
    const request = asRequest(new URL(String(input)), init ?? {});
    const { answer, fault } = await answerRequest(request, systems, control);
    return deliver(answer, fault, init?.signal ?? undefined);
  };
}

function asRequest(url: URL, init: RequestInit): Request {
  return {
    method: init.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: { ...Object.fromEntries(new Headers(init.headers)), host: url.host },
    body: init.body === undefined || init.body === null ? '' : String(init.body),
  };
}

async function deliver(
  answer: Answer,
  fault: FaultKind | undefined,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const body = Buffer.from(answer.body);
  const half = body.subarray(0, Math.max(1, Math.floor(body.length / 2)));
  switch (fault?.kind) {
    case 'reset':
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
    case 'hang':
      return untilAborted(signal);
    case 'slow_answer':
      await wait(fault.delayMs);
      return respond(answer, body);
    case 'truncated_json':
      return respond(answer, half);
    case 'cut_body':
      return respond(answer, brokenStream(half));
    default:
      return respond(answer, body);
  }
}

function respond(answer: Answer, body: Buffer | ReadableStream): Response {
  const isEmpty = answer.status === 204 || answer.status === 304;
  const content = Buffer.isBuffer(body) ? new Uint8Array(body) : body;
  return new Response(isEmpty ? null : content, { status: answer.status, headers: { ...answer.headers } });
}

function brokenStream(start: Buffer): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(start));
      controller.error(new TypeError('terminated'));
    },
  });
}

function untilAborted(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
