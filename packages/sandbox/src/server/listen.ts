import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Control } from './control.js';
import { type Answer, jsonAnswer, type Request } from './exchange.js';
import { faultAnswer } from './faults.js';
import { systemOf } from './match.js';
import { send } from './send.js';

/** A stand-in of one remote system. */
export interface System {
  /** Answers a request whose path begins with this system's name. */
  handle(request: Request): Answer;
  /** Makes every access token given out so far invalid. */
  expireTokens(): void;
}

/** A running server. */
export interface Listener {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /** Stops it and drops open connections. */
  close(): Promise<void>;
}

/**
 * Serves the systems by the first segment of the path, on the loopback address only.
 *
 * @param port 0 takes a free one
 */
export async function listen(port: number, systems: ReadonlyMap<string, System>, control: Control): Promise<Listener> {
  const server = createServer((incoming, response) => {
    respond(incoming, response, systems, control).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${bound}`, close: () => stop(server) };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function respond(
  incoming: IncomingMessage,
  response: ServerResponse,
  systems: ReadonlyMap<string, System>,
  control: Control,
): Promise<void> {
  const request = await readRequest(incoming);
  if (request.path.startsWith('/__control/')) {
    await send(response, control.handle(request), undefined);
    return;
  }
  control.scripts.advance(request);
  const fault = control.faults.take(request);
  if (fault?.kind === 'expire_tokens') for (const system of systems.values()) system.expireTokens();
  const replaced = fault === undefined ? undefined : faultAnswer(fault, Date.now());
  const isResetBefore = fault?.kind === 'reset' && fault.when !== 'after';
  const answer = replaced ?? (isResetBefore ? jsonAnswer(500, {}) : answerOf(request, systems));
  const isReset = fault?.kind === 'reset';
  control.log.add(request, isReset ? 0 : answer.status, isReset ? 0 : Buffer.byteLength(answer.body));
  await send(response, answer, fault);
}

function answerOf(request: Request, systems: ReadonlyMap<string, System>): Answer {
  const system = systems.get(systemOf(request.path));
  if (system === undefined) return jsonAnswer(404, { error: `The sandbox serves ${[...systems.keys()].join(', ')}` });
  try {
    return system.handle(request);
  } catch (error) {
    // A defect of the stand-in must be seen in the test, not retried away.
    return jsonAnswer(418, { error: `Defect of the sandbox: ${error instanceof Error ? error.stack : String(error)}` });
  }
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const target = incoming.url ?? '/';
  const cut = target.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: cut < 0 ? target : target.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1)),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
