import type { Request } from './exchange.js';
import { decodeQuery, matches, type RequestMatch, systemOf } from './match.js';

/** One request as it was answered. Headers and bodies are not kept, apart from the body of writes up to 64 KiB. */
export interface LoggedRequest {
  /** 1 for the first request of the sandbox. */
  readonly sequence: number;
  readonly system: string;
  readonly method: string;
  readonly path: string;
  /** Decoded, for reading and searching. */
  readonly query: string;
  readonly body: string;
  /** 0 when the connection was reset. */
  readonly status: number;
  readonly responseBytes: number;
}

const MAX_ENTRIES = 200_000;
const MAX_BODY = 65_536;

/** What was asked and answered, oldest first; only the last 200,000 requests are kept. */
export class RequestLog {
  #entries: { readonly request: Request; readonly logged: LoggedRequest }[] = [];
  #count = 0;

  /** Adds a request with its outcome. */
  add(request: Request, status: number, responseBytes: number): void {
    this.#count += 1;
    const logged = {
      sequence: this.#count,
      system: systemOf(request.path),
      method: request.method,
      path: request.path,
      query: decodeQuery(request.query),
      body: request.body.slice(0, MAX_BODY),
      status,
      responseBytes,
    };
    this.#entries.push({ request: { ...request, headers: {}, body: '' }, logged });
    if (this.#entries.length > MAX_ENTRIES) this.#entries = this.#entries.slice(-MAX_ENTRIES / 2);
  }

  /** The requests that match, oldest first. */
  find(match: RequestMatch = {}): LoggedRequest[] {
    return this.#entries.filter((entry) => matches(match, entry.request)).map((entry) => entry.logged);
  }

  /** Forgets everything; sequence numbers go on. */
  clear(): void {
    this.#entries = [];
  }
}
