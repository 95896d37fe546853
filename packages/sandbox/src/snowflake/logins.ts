import { createHash, createVerify, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SqlError } from './sql-error.js';

const USER = 'LOADER';
const REFUSED = '390100';

/** What the driver sends to log in. */
export interface LoginData {
  readonly LOGIN_NAME?: string;
  readonly PASSWORD?: string;
  readonly AUTHENTICATOR?: string;
  readonly TOKEN?: string;
}

/** The one user of the account, with a password, a key pair and an OAuth token. */
export class Logins {
  readonly username = USER;
  readonly password = 'sandbox-snowflake-password';
  readonly oauthToken = 'sandbox-snowflake-oauth-token';
  #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } | undefined;

  /** PEM text of the user's key; the pair is made on first use. */
  get privateKey(): string {
    return this.#pair().privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  }

  /** @throws {SqlError} as Snowflake refuses a login */
  check(data: LoginData): void {
    switch ((data.AUTHENTICATOR ?? 'SNOWFLAKE').toUpperCase()) {
      case 'OAUTH':
        if (data.TOKEN === this.oauthToken) return;
        throw new SqlError('390303', 'Invalid OAuth access token.', '08001');
      case 'SNOWFLAKE_JWT':
        if (this.#isOurJwt(String(data.TOKEN))) return;
        throw new SqlError('390144', 'JWT token is invalid.', '08001');
      default:
        if (data.LOGIN_NAME?.toUpperCase() === USER && data.PASSWORD === this.password) return;
        throw new SqlError(REFUSED, 'Incorrect username or password was specified.', '08001');
    }
  }

  /** Signed by the user's key, and issued in the name of its fingerprint. */
  #isOurJwt(token: string): boolean {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const { publicKey } = this.#pair();
    const isSigned = createVerify('RSA-SHA256')
      .update(`${header}.${payload}`)
      .verify(publicKey, signature, 'base64url');
    if (!isSigned) return false;
    const { iss, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string; exp: number };
    const der = publicKey.export({ format: 'der', type: 'spki' });
    const fingerprint = createHash('sha256').update(der).digest('base64');
    return iss.endsWith(`.${USER}.SHA256:${fingerprint}`) && exp * 1000 > Date.now();
  }

  #pair(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
    this.#keys ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
    return this.#keys;
  }
}
