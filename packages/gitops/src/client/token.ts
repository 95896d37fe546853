import type { AirbyteAuth } from '@cuttle/project';
import { ConfigError, isJsonObject } from '@cuttle/protocol';
import type { ApiError } from './api-error.js';
import type { Clock } from './clock.js';

/** Part of a token's life after which a new one is fetched. */
const USED_SHARE = 0.8;

/** Sends a request for a token; throws {@link ApiError}. */
export type SendTokenRequest = (body: Readonly<Record<string, string>>) => Promise<unknown>;

/** The `Authorization` of requests: an access token that is renewed before it ends, a password, or nothing. */
export class Authorization {
  readonly #auth: AirbyteAuth;
  readonly #clock: Clock;
  readonly #send: SendTokenRequest;
  readonly #onToken: (token: string) => void;
  #token: { readonly value: string; readonly renewAtMs: number } | undefined;
  #pending: Promise<string> | undefined;

  /** @param onToken gets each access token, which must stand in no output */
  constructor(auth: AirbyteAuth, clock: Clock, send: SendTokenRequest, onToken: (token: string) => void) {
    this.#auth = auth;
    this.#clock = clock;
    this.#send = send;
    this.#onToken = onToken;
  }

  /** The header's value, or undefined when requests go without. @throws {ConfigError} `CREDENTIAL_REJECTED` */
  async header(): Promise<string | undefined> {
    const auth = this.#auth;
    if (auth.kind === 'none') return undefined;
    if (auth.kind === 'basic') {
      return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
    }
    if (this.#token !== undefined && this.#clock.now() < this.#token.renewAtMs) return `Bearer ${this.#token.value}`;
    this.#pending ??= this.#renew(auth.clientId, auth.clientSecret).finally(() => {
      this.#pending = undefined;
    });
    return `Bearer ${await this.#pending}`;
  }

  /** Forgets a token that was refused. @returns whether another one can be had; a token renewed meanwhile stays */
  forget(header: string | undefined): boolean {
    if (this.#auth.kind !== 'client') return false;
    if (this.#token !== undefined && header === `Bearer ${this.#token.value}`) this.#token = undefined;
    return true;
  }

  async #renew(clientId: string, clientSecret: string): Promise<string> {
    const base = { client_id: clientId, client_secret: clientSecret };
    const answer = await this.#ask(base);
    const { access_token: value, expires_in: seconds } = isJsonObject(answer) ? answer : {};
    if (typeof value !== 'string') throw rejected('the token endpoint gave no token');
    this.#onToken(value);
    const life = typeof seconds === 'number' && seconds > 0 ? seconds : 60;
    this.#token = { value, renewAtMs: this.#clock.now() + life * 1000 * USED_SHARE };
    return value;
  }

  /** Servers differ in the spelling of the grant: the documented one first, the other one after a 400. */
  async #ask(base: Readonly<Record<string, string>>): Promise<unknown> {
    try {
      return await this.#send({ ...base, grant_type: 'client_credentials' });
    } catch (error) {
      const { status } = error as ApiError;
      if (status === 401 || status === 403) throw rejected('the client id or secret is wrong');
      if (status === 404) throw rejected('the server has no token endpoint; leave `auth` out if it asks for none');
      if (status !== 400) throw error;
      return this.#send({ ...base, 'grant-type': 'client_credentials' });
    }
  }
}

/** Credentials that the server does not accept. */
export function rejected(reason: string): ConfigError {
  return new ConfigError(`Airbyte does not accept the credentials of the target: ${reason}.`, {
    code: 'CREDENTIAL_REJECTED',
  });
}
