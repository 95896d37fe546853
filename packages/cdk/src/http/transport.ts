import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { SystemError } from '@cuttle/protocol';
import { checkUrl, guardedLookup } from './address.js';
import { proxyFor, tunnelAgent } from './proxy.js';
import { readBody } from './read-body.js';
import { followRedirect } from './redirect.js';

/** Longest chain of redirects that is followed. */
const MAX_REDIRECTS = 5;

/** Methods that connectors use. */
export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One request on the wire. */
export interface Exchange {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it carries a credential that the name of its header or parameter does not show. */
  readonly hasSecret: boolean;
  /** Config field that its host comes from. */
  readonly addressField?: string;
  /** Deadline of the whole exchange in ms, where it is not that of the transport. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** The answer to an {@link Exchange}. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; repeated headers are joined by a comma. */
  readonly headers: { readonly [name: string]: string };
  /** The URL that answered, behind redirects. */
  readonly url: URL;
  readonly bytes: Buffer;
}

/** Settings of a {@link Transport}. */
export interface TransportOptions {
  readonly maxSockets: number;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly allowPrivateHosts: boolean;
  /** Resolves host names; default the system's resolver. */
  readonly lookup?: LookupFunction;
}

type Agents = { readonly http: import('node:http').Agent; readonly https: import('node:http').Agent };

/** Sends single requests with keep-alive sockets, bounded in time and size; follows redirects, never retries. */
export class Transport {
  readonly #options: TransportOptions;
  /** By the address of the proxy; '' for direct connections. */
  readonly #agents = new Map<string, Promise<Agents>>();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * @throws {ConfigError} `HOST_REFUSED`, `CONFIG_REDIRECTED`, `PROXY_REFUSED`, `PROXY_INVALID`
   * @throws {SystemError} `TOO_MANY_REDIRECTS`, `BODY_TOO_LARGE`
   * @throws the network's error otherwise
   */
  async exchange(first: Exchange): Promise<RawAnswer> {
    const deadline = startDeadline(first.signal, first.timeoutMs ?? this.#options.timeoutMs);
    try {
      return await this.#follow({ ...first, signal: deadline.signal });
    } finally {
      deadline.clear();
    }
  }

  /** Closes idle sockets. */
  async close(): Promise<void> {
    for (const { http, https } of await Promise.all(this.#agents.values())) {
      http.destroy();
      https.destroy();
    }
  }

  async #follow(first: Exchange): Promise<RawAnswer> {
    let exchange = first;
    for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
      checkUrl(exchange.url, this.#options.allowPrivateHosts);
      const answer = await this.#send(exchange);
      const next = followRedirect(exchange, answer, this.#options.allowPrivateHosts);
      if (next === undefined) return answer;
      exchange = next;
    }
    throw new SystemError(`${first.url.host} redirects more than ${MAX_REDIRECTS} times.`, {
      code: 'TOO_MANY_REDIRECTS',
    });
  }

  async #send(exchange: Exchange): Promise<RawAnswer> {
    // Loaded here because `spec` must start without it.
    const { default: axios } = await import('axios');
    const agents = await this.#agentsFor(exchange.url);
    const response = await axios.request<Readable>({
      method: exchange.method,
      url: exchange.url.href,
      headers: { 'accept-encoding': 'gzip, deflate, br', accept: 'application/json', ...exchange.headers },
      data: exchange.body,
      signal: exchange.signal,
      httpAgent: agents.http,
      httpsAgent: agents.https,
      responseType: 'stream',
      decompress: false,
      maxRedirects: 0,
      proxy: false,
      validateStatus: () => true,
      transformRequest: [(data: unknown) => data],
    });
    const headers = plainHeaders(response.headers);
    const onAbort = () => response.data.destroy(new Error('the answer took too long'));
    exchange.signal.addEventListener('abort', onAbort, { once: true });
    if (exchange.signal.aborted) onAbort();
    try {
      const bytes = await readBody(response.data, headers['content-encoding'], this.#options.maxBodyBytes);
      return { status: response.status, headers, url: exchange.url, bytes };
    } finally {
      exchange.signal.removeEventListener('abort', onAbort);
    }
  }

  #agentsFor(url: URL): Promise<Agents> {
    const proxy = proxyFor(url);
    const known = this.#agents.get(proxy ?? '');
    if (known !== undefined) return known;
    const agents = proxy === undefined ? this.#createAgents() : this.#createTunnels(proxy);
    this.#agents.set(proxy ?? '', agents);
    return agents;
  }

  /** The proxy resolves names, so what they resolve to cannot be judged here; literal addresses were. */
  async #createTunnels(proxy: string): Promise<Agents> {
    const agent = await tunnelAgent(proxy, { keepAlive: true, maxSockets: this.#options.maxSockets });
    return { http: agent, https: agent };
  }

  async #createAgents(): Promise<Agents> {
    const [http, https, dns] = await Promise.all([import('node:http'), import('node:https'), import('node:dns')]);
    const { allowPrivateHosts, maxSockets, lookup = dns.lookup as LookupFunction } = this.#options;
    const options = { keepAlive: true, maxSockets, lookup: allowPrivateHosts ? lookup : guardedLookup(lookup) };
    return { http: new http.Agent(options), https: new https.Agent(options) };
  }
}

/** A signal that aborts with its parent or after `ms`. AbortSignal.any keeps memory for as long as the parent lives. */
function startDeadline(parent: AbortSignal, ms: number): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const onAbort = () => controller.abort(parent.reason);
  const timer = setTimeout(() => controller.abort(), ms);
  parent.addEventListener('abort', onAbort, { once: true });
  if (parent.aborted) onAbort();
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      parent.removeEventListener('abort', onAbort);
    },
  };
}

function plainHeaders(headers: object): { readonly [name: string]: string } {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
