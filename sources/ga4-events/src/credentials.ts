import { createSign } from 'node:crypto';
import { type Auth, CREDENTIAL_REJECTED, HttpClient, type HttpLimits } from '@cuttle/airbyte-cdk';
import { ConfigError, isJsonObject, redirectError } from '@cuttle/protocol';
import { serverTime } from './api.js';

const SCOPE = 'https://www.googleapis.com/auth/bigquery';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const DEFAULT_TOKEN_URI = 'https://oauth2.googleapis.com/token';
/** A clock that differs from Google's by more than this may be why an assertion was refused. */
const CLOCK_TOLERANCE_MS = 60_000;
const FORBIDS_REDIRECTS = Symbol('forbids redirects');
/** A token is renewed this long before it ends. */
const EARLY_MS = 60_000;

/** What is used of a service account's key file. */
export interface ServiceAccountKey {
  readonly clientEmail: string;
  readonly privateKey: string;
  readonly tokenUri: string;
}

interface Token {
  readonly value: string;
  readonly endsAtMs: number;
}

/**
 * The authentication of a config: the given service account, or the environment's default credentials.
 *
 * @param limits bounds and host rules of the token requests
 * @throws {ConfigError} `CREDENTIALS_INVALID` when the key file cannot be used
 */
export function googleAuth(credentialsJson: string | undefined, limits: HttpLimits): Auth {
  if (credentialsJson === undefined || credentialsJson.trim() === '') return tokenAuth(defaultToken);
  const key = decodeKey(credentialsJson);
  return tokenAuth(() => serviceAccountToken(key, limits));
}

/**
 * The key of a service account from the text of its file.
 *
 * @throws {ConfigError} `CREDENTIALS_INVALID` naming what is missing, never a value
 */
export function decodeKey(text: string): ServiceAccountKey {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidKey('it is not JSON; paste the whole content of the key file');
  }
  if (!isJsonObject(parsed)) throw invalidKey('it is not a JSON object');
  const { type, client_email, private_key, token_uri = DEFAULT_TOKEN_URI } = parsed;
  if (type !== 'service_account') throw invalidKey('its "type" is not service_account');
  if (typeof client_email !== 'string' || client_email === '') throw invalidKey('"client_email" is missing');
  if (typeof private_key !== 'string' || !private_key.includes('PRIVATE KEY')) {
    throw invalidKey('"private_key" is missing or no PEM key');
  }
  if (typeof token_uri !== 'string') throw invalidKey('"token_uri" is not a text');
  return { clientEmail: client_email, privateKey: private_key, tokenUri: token_uri };
}

/**
 * Keeps a token until shortly before its end; one request for it at a time. `refresh` drops the token that was refused
 * and no newer one: several requests in flight see one token expire.
 */
function tokenAuth(fetchToken: () => Promise<Token>): Auth {
  let token: Token | undefined;
  let pending: Promise<Token> | undefined;
  const current = async (): Promise<Token> => {
    if (token !== undefined && token.endsAtMs - EARLY_MS > Date.now()) return token;
    pending ??= fetchToken().finally(() => {
      pending = undefined;
    });
    token = await pending;
    return token;
  };
  const bearerOf = ({ value }: Token): string => `Bearer ${value}`;
  return {
    headers: async () => ({ authorization: bearerOf(await current()) }),
    refresh: async (refused) => {
      if (token !== undefined && bearerOf(token) === refused['authorization']) token = undefined;
    },
  };
}

/** Exchanges a signed assertion for an access token (RFC 7523; Google: "Using OAuth 2.0 for server to server"). */
async function serviceAccountToken(key: ServiceAccountKey, limits: HttpLimits): Promise<Token> {
  const url = new URL(key.tokenUri);
  let serverMs: number | undefined;
  const rejected = { action: 'config_error', code: CREDENTIAL_REJECTED, message: REJECTED } as const;
  const client = new HttpClient(
    {
      baseUrl: url.origin,
      addressField: 'token_uri in credentials_json',
      limits,
      classify: ({ status, headers }) => {
        serverMs = serverTime(headers);
        return status >= 400 && status < 500 && ![408, 429].includes(status) ? rejected : undefined;
      },
    },
    { signal: new AbortController().signal, log: SILENT, clock: Date.now },
  );
  try {
    const ask = (nowMs: number) =>
      client.post(url.pathname, { form: { grant_type: GRANT_TYPE, assertion: signAssertion(key, nowMs) } });
    const { data } = await ask(Date.now()).catch((error: unknown) => {
      // Google refuses an assertion that is not of now; when our clock is wrong, its own tells the time.
      if (serverMs === undefined || Math.abs(serverMs - Date.now()) < CLOCK_TOLERANCE_MS) throw error;
      return ask(serverMs);
    });
    const { access_token, expires_in } = isJsonObject(data) ? data : {};
    if (typeof access_token !== 'string') throw new ConfigError(REJECTED, { code: CREDENTIAL_REJECTED });
    const seconds = typeof expires_in === 'number' ? expires_in : 3600;
    return { value: access_token, endsAtMs: Date.now() + seconds * 1000 };
  } finally {
    await client.close();
  }
}

function signAssertion(key: ServiceAccountKey, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000);
  const claims = { iss: key.clientEmail, scope: SCOPE, aud: key.tokenUri, iat, exp: iat + 3600 };
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  try {
    return `${text}.${createSign('RSA-SHA256').update(text).sign(key.privateKey, 'base64url')}`;
  } catch (cause) {
    throw new ConfigError('The service account key cannot be used: "private_key" is damaged.', {
      code: 'CREDENTIALS_INVALID',
      cause,
    });
  }
}

/** A token of the environment: GOOGLE_APPLICATION_CREDENTIALS, workload identity, or the machine's own account. */
async function defaultToken(): Promise<Token> {
  // Loaded here because it is large and most configs do not need it.
  const { GoogleAuth, gaxios } = await import('google-auth-library');
  forbidRedirects(gaxios.Gaxios.prototype);
  try {
    const client = await new GoogleAuth({ scopes: SCOPE }).getClient();
    const { token } = await client.getAccessToken();
    if (typeof token !== 'string') throw new Error('no token was given');
    return { value: token, endsAtMs: client.credentials.expiry_date ?? Date.now() + 300_000 };
  } catch (cause) {
    const { response } = cause as { readonly response?: Response };
    const location = response?.headers.get('location');
    if (response !== undefined && response.status < 400 && location != null) {
      const field = 'The token address of the default credentials';
      throw redirectError({ field, from: response.url, location });
    }
    throw new ConfigError(
      'No default credentials were found. Give a service account key in "credentials_json", or set up application default credentials.',
      { code: CREDENTIAL_REJECTED, cause },
    );
  }
}

/**
 * The library would take refresh tokens and signed assertions along to another host. Its `transporterOptions` do not
 * reach the exchange of a workload's token (10.5.0, stscredentials.js makes a client of its own), so the class of its
 * clients is changed; the test of such a redirect passes without this once they do.
 */
function forbidRedirects(client: { request(options?: object): Promise<unknown> }): void {
  if (Reflect.has(client, FORBIDS_REDIRECTS)) return;
  const { request } = client;
  const withoutRedirects = function (this: typeof client, options?: object): Promise<unknown> {
    return request.call(this, { ...options, redirect: 'manual' });
  };
  Object.assign(client, { request: withoutRedirects, [FORBIDS_REDIRECTS]: true });
}

const REJECTED =
  'The service account key in "credentials_json" is not accepted by Google. Is the key deleted or the account disabled?';

const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Token requests are not logged.
}

function invalidKey(problem: string): ConfigError {
  return new ConfigError(`"credentials_json" is not the key file of a service account: ${problem}.`, {
    code: 'CREDENTIALS_INVALID',
  });
}
