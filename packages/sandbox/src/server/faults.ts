import type { Answer, Request } from './exchange.js';
import { jsonAnswer, textAnswer } from './exchange.js';
import { matches, type RequestMatch } from './match.js';

/** How `Retry-After` is written. */
export type RetryAfterForm = 'seconds' | 'date' | 'absent' | 'negative' | 'huge';

/** What goes wrong. */
export type FaultKind =
  /** 429 (or 503, as on legacy plans) with `Retry-After` in the given form; `seconds` defaults to 1. */
  | {
      readonly kind: 'rate_limit';
      readonly retryAfter: RetryAfterForm;
      readonly seconds?: number;
      readonly status?: 429 | 503;
    }
  /** Any status, before the work or instead of its answer; the body is given text, or a short JSON error. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly when?: 'before' | 'after';
      readonly body?: string;
      readonly contentType?: string;
      /** Added to the answer's own. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** No answer ever: the work is not begun, or is done. The connection stays open until the client leaves. */
  | { readonly kind: 'hang'; readonly when?: 'before' | 'after' }
  /** The connection is reset: before the work, or after it without the answer. Default before. */
  | { readonly kind: 'reset'; readonly when?: 'before' | 'after' }
  /** The body comes in pieces with pauses between them; defaults 10 pieces, 50 ms. */
  | { readonly kind: 'slow_body'; readonly pieces?: number; readonly pauseMs?: number }
  /** Nothing is sent for a while, then the true answer. */
  | { readonly kind: 'slow_answer'; readonly delayMs: number }
  /** The answer ends properly, but its JSON is cut off. */
  | { readonly kind: 'truncated_json' }
  /** The connection breaks in the middle of the body. */
  | { readonly kind: 'cut_body' }
  /** The true answer, but a field of its JSON is missing: `data.returned`. */
  | { readonly kind: 'without_field'; readonly field: string }
  /** 200 with an HTML page, as proxies send it; another status by choice. */
  | { readonly kind: 'html'; readonly status?: number }
  /** Every access token given out so far stops being valid, then the request is answered. */
  | { readonly kind: 'expire_tokens' };

/** A fault and when it strikes. */
export interface Fault {
  readonly fault: FaultKind;
  readonly match?: RequestMatch;
  /** Matching requests that pass before the first is struck; default 0. */
  readonly after?: number;
  /** Matching requests that are struck; default 1, 0 means all. */
  readonly count?: number;
}

interface Armed extends Fault {
  readonly id: number;
  seen: number;
  struck: number;
}

/** The faults in force. Of several that match a request, the one added first strikes. */
export class FaultBoard {
  #armed: Armed[] = [];
  #nextId = 1;

  /** Adds a fault; returns its id. */
  add(fault: Fault): number {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#armed.push({ ...fault, id, seen: 0, struck: 0 });
    return id;
  }

  /** Removes one fault, or all. */
  clear(id?: number): void {
    this.#armed = id === undefined ? [] : this.#armed.filter((armed) => armed.id !== id);
  }

  /** How often a fault has struck so far. */
  struck(id: number): number {
    return this.#armed.find((armed) => armed.id === id)?.struck ?? 0;
  }

  /** Counts the request and returns the fault that strikes it. */
  take(request: Request): FaultKind | undefined {
    let taken: FaultKind | undefined;
    for (const armed of this.#armed) {
      if (!matches(armed.match ?? {}, request)) continue;
      armed.seen += 1;
      const count = armed.count ?? 1;
      if (taken !== undefined || armed.seen <= (armed.after ?? 0) || (count > 0 && armed.struck >= count)) continue;
      armed.struck += 1;
      taken = armed.fault;
    }
    return taken;
  }
}

/** The answer of a rate limit. `nowMs` is the true time, because clients compare the date form with their own clock. */
export function rateLimitAnswer(form: RetryAfterForm, seconds: number, status: 429 | 503, nowMs: number): Answer {
  const value = retryAfterValue(form, seconds, nowMs);
  const body = { statusCode: status, body: { status: 'RATE_LIMITED', message: 'Too many requests' } };
  return jsonAnswer(status, body, value === undefined ? {} : { 'retry-after': value });
}

function retryAfterValue(form: RetryAfterForm, seconds: number, nowMs: number): string | undefined {
  switch (form) {
    case 'seconds':
      return String(seconds);
    case 'date':
      // HTTP dates have whole seconds: round up, so that the date is never too early.
      return new Date(Math.ceil(nowMs / 1000) * 1000 + seconds * 1000).toUTCString();
    case 'absent':
      return undefined;
    case 'negative':
      return '-5';
    case 'huge':
      return '999999999';
    default:
      return form satisfies never;
  }
}

function statusAnswer({ status, body, contentType, headers }: FaultKind & { readonly kind: 'status' }): Answer {
  const text = body ?? JSON.stringify({ error: { code: status, message: 'Fault of the sandbox' } });
  const answer = textAnswer(status, text, contentType ?? 'application/json; charset=utf-8');
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** The answer that replaces the true one, or undefined when the fault changes the way of sending only. */
export function faultAnswer(fault: FaultKind, nowMs: number): Answer | undefined {
  switch (fault.kind) {
    case 'rate_limit':
      return rateLimitAnswer(fault.retryAfter, fault.seconds ?? 1, fault.status ?? 429, nowMs);
    case 'status':
      return statusAnswer(fault);
    case 'html':
      return textAnswer(
        fault.status ?? 200,
        '<!DOCTYPE html>\n<html><body><h1>Bad gateway</h1></body></html>',
        'text/html',
      );
    case 'reset':
    case 'hang':
    case 'slow_body':
    case 'slow_answer':
    case 'truncated_json':
    case 'cut_body':
    case 'without_field':
    case 'expire_tokens':
      return undefined;
    default:
      return fault satisfies never;
  }
}

/** The true answer as the fault leaves it. */
export function disturbedAnswer(fault: FaultKind | undefined, answer: Answer): Answer {
  if (fault?.kind !== 'without_field') return answer;
  const body: unknown = JSON.parse(String(answer.body));
  const path = fault.field.split('.');
  const parent = path.slice(0, -1).reduce((value, part) => childOf(value, part), body);
  if (typeof parent === 'object' && parent !== null) Reflect.deleteProperty(parent, path.at(-1)!);
  return { ...answer, body: JSON.stringify(body) };
}

function childOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** Whether the system must not see the request at all. */
export function strikesBefore(fault: FaultKind): boolean {
  if (fault.kind === 'rate_limit' || fault.kind === 'html') return true;
  return (fault.kind === 'status' || fault.kind === 'reset' || fault.kind === 'hang') && fault.when !== 'after';
}
