import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, verify } from 'node:crypto';
import { type Answer, jsonAnswer, type Request } from '../server/exchange.js';
import type { System } from '../server/listen.js';

/** A service account's key file, as the cloud console gives it out. */
export interface ServiceAccountKey {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly token_uri: string;
}

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SCOPES = [
  'https://www.googleapis.com/auth/bigquery',
  'https://www.googleapis.com/auth/bigquery.readonly',
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/cloud-platform.read-only',
];

/**
 * The token endpoint `/oauth/token`: takes the signed assertion of the sandbox's service account and gives access
 * tokens, which are valid until they are expired by the control. Beside it a virtual machine's metadata server
 * (`GCE_METADATA_HOST` of Google's libraries is the sandbox's host and port).
 */
export class Accounts implements System {
  readonly #project: string;
  readonly #email: string;
  #privateKey: string | undefined;
  #publicKey: KeyObject | undefined;
  #tokens = new Set<string>();

  readonly #clock: { now(): number };

  /** @param clock the sandbox's time: callers live by it or by the machine's */
  constructor(project: string, clock: { now(): number }) {
    this.#project = project;
    this.#clock = clock;
    this.#email = `cuttle-reader@${project}.iam.gserviceaccount.com`;
  }

  /**
   * The key file of the one service account. The key pair is made at the first call.
   *
   * @param rootUrl the sandbox's root, where the token endpoint lies
   */
  serviceAccount(rootUrl: string): ServiceAccountKey {
    if (this.#privateKey === undefined) {
      // Short on purpose: it opens nothing but this sandbox, and longer ones take up to a second to make.
      const pair = generateKeyPairSync('rsa', { modulusLength: 1024 });
      this.#privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      this.#publicKey = createPublicKey(this.#privateKey);
    }
    return {
      type: 'service_account',
      project_id: this.#project,
      private_key_id: 'sandbox',
      private_key: this.#privateKey,
      client_email: this.#email,
      client_id: '100000000000000000001',
      token_uri: `${rootUrl}/oauth/token`,
    };
  }

  /** A valid access token, without the detour over the endpoint. */
  issueToken(): string {
    const token = `ya29.sandbox-${randomBytes(18).toString('hex')}`;
    this.#tokens.add(token);
    return token;
  }

  /** Whether an access token is valid now. */
  isValid(token: string | undefined): boolean {
    return token !== undefined && this.#tokens.has(token);
  }

  expireTokens(): void {
    this.#tokens = new Set();
  }

  handle(request: Request): Answer {
    if (request.path.startsWith('/computeMetadata/v1/')) return this.#metadata(request);
    if (request.path !== '/oauth/token' || request.method !== 'POST') return jsonAnswer(404, { error: 'not_found' });
    const isJson = request.headers['content-type']?.includes('json') ?? false;
    const form = isJson ? new URLSearchParams(JSON.parse(request.body)) : new URLSearchParams(request.body);
    if (form.get('grant_type') !== GRANT) return refuse('unsupported_grant_type', 'Invalid grant_type');
    const problem = this.#problemOf(form.get('assertion') ?? '', request.headers['host'] ?? '');
    if (problem !== undefined) return refuse('invalid_grant', problem);
    return jsonAnswer(200, { access_token: this.issueToken(), expires_in: 3599, token_type: 'Bearer' });
  }

  /** The metadata server of a virtual machine, which gives its account's tokens without any secret. */
  #metadata(request: Request): Answer {
    if (request.headers['metadata-flavor'] !== 'Google') return jsonAnswer(403, { error: 'Missing Metadata-Flavor' });
    const flavor = { 'metadata-flavor': 'Google' };
    if (!request.path.endsWith('/service-accounts/default/token')) return jsonAnswer(200, {}, flavor);
    return jsonAnswer(200, { access_token: this.issueToken(), expires_in: 3599, token_type: 'Bearer' }, flavor);
  }

  #problemOf(assertion: string, host: string): string | undefined {
    const [head, payload, signature] = assertion.split('.');
    if (!head || !payload || !signature || this.#publicKey === undefined) return 'Invalid JWT';
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    const signed = Buffer.from(`${head}.${payload}`);
    const isSigned = verify('RSA-SHA256', signed, this.#publicKey, Buffer.from(signature, 'base64url'));
    if (claims['iss'] !== this.#email) return 'Invalid grant: account not found';
    if (!isSigned) return 'Invalid JWT Signature.';
    // Google's own libraries name its public endpoint as audience, whatever address they post to.
    const audiences = [`http://${host}/oauth/token`, 'https://oauth2.googleapis.com/token'];
    if (!audiences.includes(String(claims['aud']))) return 'Invalid JWT: Failed audience check.';
    const isCurrent = (nowMs: number): boolean =>
      Number(claims['exp']) > nowMs / 1000 && Number(claims['iat']) < nowMs / 1000 + 300;
    if (!isCurrent(Date.now()) && !isCurrent(this.#clock.now())) {
      return 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.';
    }
    const scopes = String(claims['scope'] ?? '').split(' ');
    return scopes.some((scope) => SCOPES.includes(scope)) ? undefined : 'Invalid OAuth scope or ID token audience.';
  }
}

function refuse(error: string, description: string): Answer {
  return jsonAnswer(400, { error, error_description: description });
}
