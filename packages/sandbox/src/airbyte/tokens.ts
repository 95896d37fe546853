import { type Answer, bearerToken, jsonAnswer, type Request } from '../server/exchange.js';
import { refusal } from './problem.js';
import type { AirbyteStore } from './store.js';

/** Access tokens and who may come in. */
export class Tokens {
  readonly #store: AirbyteStore;
  readonly #expiryMs = new Map<string, number>();
  #count = 0;

  constructor(store: AirbyteStore) {
    this.#store = store;
  }

  expireAll(): void {
    this.#expiryMs.clear();
  }

  /** The token endpoint: takes JSON or a form. */
  issue(request: Request): Answer {
    const { settings, clock } = this.#store;
    if (settings.auth !== 'token') throw refusal(404, 'Object not found.');
    const sent = fieldsOf(request);
    if (settings.grant !== 'none' && sent.get(settings.grant) !== 'client_credentials') {
      throw refusal(400, `Missing required field ${settings.grant}.`);
    }
    if (sent.get('client_id') !== settings.clientId || sent.get('client_secret') !== settings.clientSecret) {
      throw refusal(401, 'The client id or the client secret is wrong.');
    }
    this.#count += 1;
    const token = `canary-access-token-${this.#count}`;
    this.#expiryMs.set(token, clock.now() + settings.tokenSeconds * 1000);
    return jsonAnswer(200, { access_token: token, token_type: 'Bearer', expires_in: settings.tokenSeconds });
  }

  /** @throws {Problem} 401 */
  check(request: Request): void {
    const { settings, clock } = this.#store;
    if (settings.auth === 'off') return;
    if (settings.auth === 'basic') {
      const expected = `Basic ${Buffer.from(`${settings.clientId}:${settings.clientSecret}`).toString('base64')}`;
      if (request.headers['authorization'] !== expected) throw refusal(401, 'Unauthorized');
      return;
    }
    const expiry = this.#expiryMs.get(bearerToken(request) ?? '');
    if (expiry === undefined || expiry <= clock.now()) throw refusal(401, 'Unauthorized');
  }
}

function fieldsOf(request: Request): ReadonlyMap<string, string> {
  if (request.headers['content-type']?.includes('json') !== true) return new Map(new URLSearchParams(request.body));
  return new Map(Object.entries(JSON.parse(request.body) as Record<string, string>));
}
