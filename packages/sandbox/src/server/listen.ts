import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { answerRequest, type System } from './answer-request.js';
import type { Control } from './control.js';
import type { Request } from './exchange.js';
import { send } from './send.js';

export type { System } from './answer-request.js';

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
    await send(response, await control.handle(request), undefined);
    return;
  }
  const { answer, fault } = await answerRequest(request, systems, control);
  await send(response, answer, fault);
}

async function readRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const target = incoming.url ?? '/';
  const cut = target.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: cut < 0 ? target : target.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : target.slice(cut + 1)),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
    ),
    body: (incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8'),
  };
}
