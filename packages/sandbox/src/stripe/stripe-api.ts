import type { SandboxClock } from '../server/clock.js';
import { type Answer, bearerToken, jsonAnswer, type Request } from '../server/exchange.js';
import type { System } from '../server/listen.js';
import type { StripeKey, StripeKeys } from './keys.js';
import { KINDS } from './kinds.js';
import { listChildren, listEvents, listObjects } from './list-api.js';
import type { ObjectKind } from './object-kind.js';
import { type Params, parseParams } from './params.js';
import { RateLimiter } from './rate-limiter.js';
import { renderObject, type View } from './render.js';
import type { StripeSettings } from './settings.js';
import type { StripeAccount } from './stripe-account.js';
import { ApiFault, badRequest, noSuchObject, notPermitted, rateLimited, unknownKey } from './stripe-error.js';
import { IdempotentAnswers, write } from './write-api.js';

/** Version of a request without the header. */
const ACCOUNT_VERSION = '2022-11-15';

/** What the API serves. */
export interface StripeWorld {
  /** The platform's account and its connected ones, by id. */
  readonly accounts: ReadonlyMap<string, StripeAccount>;
  readonly platform: string;
  readonly keys: StripeKeys;
  readonly settings: StripeSettings;
  readonly clock: SandboxClock;
}

/** A request that was understood so far. */
interface Call {
  readonly view: View;
  readonly method: string;
  /** Path behind `/v1/`. */
  readonly path: string;
  readonly params: Params;
  readonly key: StripeKey;
  readonly secret: string;
  readonly nowMs: number;
}

/** Stripe's API as documented at docs.stripe.com/api, below `/stripe/v1/`. */
export class StripeApi implements System {
  readonly #world: StripeWorld;
  readonly #limiter = new RateLimiter(() => this.#world.settings.monotonic());
  readonly #kept = new IdempotentAnswers();

  constructor(world: StripeWorld) {
    this.#world = world;
  }

  handle(request: Request): Answer {
    const answer = this.#answer(request);
    const headers = {
      date: new Date(this.#world.clock.now()).toUTCString(),
      'request-id': 'req_1Nv',
      ...answer.headers,
    };
    return { ...answer, headers };
  }

  expireTokens(): void {
    this.#world.keys.revokeAll();
  }

  #answer(request: Request): Answer {
    try {
      const call = this.#understand(request);
      if (call.method === 'GET') return jsonAnswer(200, get(call));
      const fingerprint = `${request.method} ${request.path} ${request.body}`;
      return this.#kept.answer(request.headers['idempotency-key'], fingerprint, call.nowMs, () => this.#write(call));
    } catch (error) {
      if (error instanceof ApiFault) return error.answer();
      throw error;
    }
  }

  #understand(request: Request): Call {
    const secret = bearerToken(request) ?? '';
    const key = this.#world.keys.find(secret);
    if (key === undefined) throw unknownKey(secret);
    const path = /^\/stripe\/v1\/(.+)$/.exec(request.path)?.[1];
    if (path === undefined) throw unknownUrl(request);
    const named = request.headers['stripe-account'];
    const account = this.#world.accounts.get(named ?? key.account);
    const isReachable = named === undefined || named === key.account || key.account === this.#world.platform;
    if (account === undefined || !isReachable) throw noAccess(secret, named ?? '');
    this.#count(account.id, request.method, path);
    const { settings, clock } = this.#world;
    const version = request.headers['stripe-version'] ?? ACCOUNT_VERSION;
    const isWrite = request.method === 'POST';
    return {
      view: { account, version, inlineEntries: settings.inlineEntries },
      method: request.method,
      path,
      params: parseParams(isWrite ? new URLSearchParams(request.body) : request.query),
      key,
      secret,
      nowMs: clock.now(),
    };
  }

  #count(account: string, method: string, path: string): void {
    const { limits } = this.#world.settings;
    if (limits === undefined) return;
    const endpoint = `${method === 'GET' ? 'read' : 'write'} ${resourceOf(path)}`;
    if (!this.#limiter.take(`${account} ${endpoint}`, limits.perEndpoint)) throw rateLimited('endpoint-rate');
    if (!this.#limiter.take(account, limits.perSecond)) throw rateLimited('global-rate');
  }

  #write(call: Call): Answer {
    try {
      const { kind, id, rest } = route(call);
      if (rest !== undefined) throw badRequest('The sandbox does not write lists inside objects.');
      const written = write(call.view.account, kind, id, call.method, call.params);
      // A canceled subscription is shown; what is gone is answered with a stub, also where a GET finds nothing.
      const isGone = call.view.account.table(kind.object).get(written)?.isDeleted === true;
      const stub = { id: written, object: kind.object, deleted: true };
      return jsonAnswer(200, isGone ? stub : retrieve(call, kind, written));
    } catch (error) {
      if (error instanceof ApiFault) return error.answer();
      throw error;
    }
  }
}

/** Resource of a path: `checkout/sessions` of `checkout/sessions/cs_1/line_items`. */
function resourceOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return ['checkout', 'radar'].includes(first) ? `${first}/${second}` : first;
}

function get(call: Call): object {
  const { view, params, path } = call;
  const resource = resourceOf(path);
  if (resource === 'account') return renderObject(view, ownAccount(view), []);
  if (call.key.forbidden?.has(resource)) throw notPermitted(call.secret, `rak_${resource.replaceAll('/', '_')}_read`);
  if (resource === 'events') return getEvents(call);
  const { kind, id, rest } = route(call);
  if (id === undefined) return listObjects(view, kind, params);
  if (rest === undefined) return retrieve(call, kind, id);
  const stored = view.account.table(kind.object).get(id);
  if (stored === undefined || stored.isDeleted) throw noSuchObject(kind.object, id);
  return listChildren(view, kind, id, rest, params);
}

function getEvents({ view, params, path, nowMs }: Call): object {
  const [, id] = path.split('/');
  if (id === undefined) return listEvents(view, nowMs, params);
  const stored = view.account.events.get(decodeURIComponent(id), nowMs);
  if (stored === undefined) throw noSuchObject('event', id);
  return stored.event;
}

function route({ path }: Call): { readonly kind: ObjectKind; readonly id?: string; readonly rest?: string } {
  const resource = resourceOf(path);
  const kind = [...KINDS.values()].find((candidate) => candidate.path === resource);
  const [id, rest, ...more] = path
    .slice(resource.length + 1)
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
  if (kind === undefined || more.length > 0 || (rest !== undefined && !(rest in kind.nested))) {
    throw new ApiFault(404, { message: `Unrecognized request URL (GET: /v1/${path}).`, type: 'invalid_request_error' });
  }
  return { kind, ...(id === undefined ? {} : { id }), ...(rest === undefined ? {} : { rest }) };
}

function retrieve({ view, params }: Call, kind: ObjectKind, id: string): object {
  const stored = view.account.table(kind.object).get(id);
  if (stored === undefined) throw noSuchObject(kind.object, id);
  if (stored.isDeleted) {
    if (kind.deletedAnswer === 'missing') throw noSuchObject(kind.object, id);
    return { id, object: kind.object, deleted: true };
  }
  const { expand = [] } = params;
  return renderObject(view, stored.current, Array.isArray(expand) ? expand : []);
}

function ownAccount({ account }: View) {
  const object = { id: account.id, object: 'account', country: 'BE', default_currency: 'eur', type: 'standard' };
  return { ...object, charges_enabled: true, payouts_enabled: true, details_submitted: true };
}

function unknownUrl(request: Request): ApiFault {
  const message = `Unrecognized request URL (${request.method}: ${request.path}).`;
  return new ApiFault(404, { message, type: 'invalid_request_error' });
}

function noAccess(secret: string, account: string): ApiFault {
  const message =
    `The provided key '${secret.slice(0, 8)}${'*'.repeat(12)}${secret.slice(-4)}' does not have access to account ` +
    `'${account}' (or that account does not exist). Application access may have been revoked.`;
  return new ApiFault(403, { code: 'account_invalid', message, type: 'invalid_request_error' });
}
