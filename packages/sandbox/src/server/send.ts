import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './exchange.js';
import type { FaultKind } from './faults.js';

/** Sends an answer, disturbed by a fault if one is given. Resolves when the answer is written or the connection dead. */
export async function send(response: ServerResponse, answer: Answer, fault: FaultKind | undefined): Promise<void> {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  switch (fault?.kind) {
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      await new Promise((resolve) => response.once('close', resolve));
      return;
    case 'slow_answer':
      await wait(fault.delayMs);
      break;
    case 'slow_body':
      await sendSlowly(response, answer, body, fault.pieces ?? 10, fault.pauseMs ?? 50);
      return;
    case 'truncated_json':
      sendWhole(response, answer, body.subarray(0, Math.max(1, Math.floor(body.length / 2))));
      return;
    case 'cut_body':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
      return;
    default:
      break;
  }
  sendWhole(response, answer, body);
}

function sendWhole(response: ServerResponse, answer: Answer, body: Buffer): void {
  const hasBody = answer.status !== 204 && answer.status !== 304;
  const length = hasBody ? { 'content-length': String(body.length) } : {};
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(hasBody ? body : undefined);
}

async function sendSlowly(
  response: ServerResponse,
  answer: Answer,
  body: Buffer,
  pieces: number,
  pauseMs: number,
): Promise<void> {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
  const size = Math.max(1, Math.ceil(body.length / pieces));
  for (let start = 0; start < body.length && !response.destroyed; start += size) {
    response.write(body.subarray(start, start + size));
    await wait(pauseMs);
  }
  response.end();
}
