import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A request that came by. */
export interface SeenRequest {
  readonly method: string;
  /** Path with its query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** ms of `performance.now()` at its arrival. */
  readonly atMs: number;
}

/** Answers a request in the place of the true server; false lets it pass. */
export type Intercept = (request: SeenRequest, response: ServerResponse) => boolean;

/** Rewrites the body of an answer of the true server. */
export type Transform = (body: string, request: SeenRequest) => string;

/** A server between a connector and a stand-in, which sees every request and can answer as no decent server would. */
export class HostileProxy {
  readonly url: string;
  intercept: Intercept | undefined;
  transform: Transform | undefined;
  /** Sent on in place of the Authorization header of the request, when there is one. */
  authorization: string | undefined;
  /** Changes the path that is asked of the true server. */
  rewritePath: ((target: string) => string) | undefined;
  /** Milliseconds that a request waits before it is passed on, so that answers come in another order. */
  delayMs: ((request: SeenRequest) => number) | undefined;
  /** Compresses answers with gzip. */
  compresses = false;
  requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #target: URL;

  private constructor(server: Server, target: URL) {
    this.#server = server;
    this.#target = target;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param target origin of the true server */
  static async start(target: string): Promise<HostileProxy> {
    let proxy: HostileProxy;
    const server = createServer((incoming, response) => {
      proxy.#respond(incoming, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    proxy = new HostileProxy(server, new URL(target));
    return proxy;
  }

  /** Forgets what was set and seen. */
  reset(): void {
    this.intercept = undefined;
    this.transform = undefined;
    this.authorization = undefined;
    this.rewritePath = undefined;
    this.delayMs = undefined;
    this.compresses = false;
    this.requests = [];
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const atMs = performance.now();
    const body = (await readAll(incoming)).toString('utf8');
    const { method = 'GET', url: target = '/', headers } = incoming;
    const request = { method, target, headers, body, atMs };
    this.requests.push(request);
    if (this.intercept?.(request, response)) return;
    const delayMs = this.delayMs?.(request) ?? 0;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    await this.#forward(request, response);
  }

  #forward(request: SeenRequest, response: ServerResponse): Promise<void> {
    const { method, body } = request;
    const target = this.rewritePath?.(request.target) ?? request.target;
    const { authorization = request.headers.authorization } = this;
    const headers = {
      ...request.headers,
      ...(request.headers.authorization === undefined ? {} : { authorization }),
      'accept-encoding': 'identity',
    };
    const { hostname, port } = this.#target;
    return new Promise((resolve, reject) => {
      const outgoing = sendRequest({ hostname, port, method, path: target, headers, agent: false }, (answer) => {
        this.#sendBack(request, answer, response).then(resolve, reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  async #sendBack(request: SeenRequest, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const { statusCode = 502, headers } = answer;
    const { 'transfer-encoding': _coding, connection: _connection, ...kept } = headers;
    if (this.compresses) {
      const { 'content-length': _length, ...plain } = kept;
      response.writeHead(statusCode, { ...plain, 'content-encoding': 'gzip' });
      response.end(gzipSync(await readAll(answer)));
      return;
    }
    if (this.transform === undefined) {
      response.writeHead(statusCode, kept);
      answer.on('error', () => response.destroy());
      answer.pipe(response);
      return;
    }
    const body = Buffer.from(this.transform((await readAll(answer)).toString('utf8'), request));
    response.writeHead(statusCode, { ...kept, 'content-length': String(body.length) });
    response.end(body);
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
