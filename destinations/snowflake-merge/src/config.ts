import os from 'node:os';
import { ConfigError, type JsonObject, localPath } from '@cuttle/protocol';

/** Config of the destination as `resources/spec.json` describes it, defaults filled in. */
export interface SnowflakeConfig {
  readonly account: string;
  readonly host?: string;
  readonly username?: string;
  readonly private_key?: string;
  readonly private_key_password?: string;
  readonly password?: string;
  readonly oauth_token?: string;
  readonly warehouse: string;
  readonly database: string;
  readonly schema: string;
  readonly role?: string;
  readonly number_type: 'float' | 'decimal';
  readonly cdc_deletion_mode: 'hard' | 'soft';
  readonly cluster_by?: 'primary_key' | 'cursor';
  readonly staging_path?: string;
  readonly memory_mb: number;
  readonly commit_mb: number;
  readonly commit_interval_ms: number;
  readonly network_wait_seconds: number;
}

/** One of the three ways to log in. */
export type Login =
  | { readonly kind: 'key'; readonly username: string; readonly key: string; readonly passphrase: string | undefined }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'oauth'; readonly token: string };

/**
 * The config after it was checked against the spec, with the path that is meant.
 *
 * @throws {ConfigError} `PATH_NOT_LOCAL`
 */
export function snowflakeConfig(config: JsonObject): SnowflakeConfig {
  const given = config as unknown as SnowflakeConfig;
  const staging = given.staging_path;
  return staging === undefined ? given : { ...given, staging_path: localPath(staging, 'staging_path', os.homedir()) };
}

/**
 * The login of a config.
 *
 * @throws {ConfigError} `LOGIN_AMBIGUOUS` unless exactly one way is filled in, `LOGIN_INCOMPLETE` without a user name
 */
export function loginOf(config: SnowflakeConfig): Login {
  const { username, private_key: key, password, oauth_token: token } = config;
  const given = Object.entries({ private_key: key, password, oauth_token: token }).filter(([, value]) => value);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none is' : `${given.map(([name]) => name).join(' and ')} are`;
    throw new ConfigError(`Fill in exactly one of private_key, password and oauth_token: ${found} given.`, {
      code: 'LOGIN_AMBIGUOUS',
    });
  }
  if (token !== undefined && token !== '') return { kind: 'oauth', token };
  if (!username) {
    throw new ConfigError(`username is missing: ${given[0]?.[0]} belongs to a user.`, { code: 'LOGIN_INCOMPLETE' });
  }
  if (key) return { kind: 'key', username, key: pem(key), passphrase: config.private_key_password };
  return { kind: 'password', username, password: password as string };
}

/** A key that was pasted into one line gets its line breaks back. */
function pem(key: string): string {
  const text = key.replaceAll('\\n', '\n').trim();
  const parts = /^(-----BEGIN [A-Z ]+-----)([\s\S]+)(-----END [A-Z ]+-----)$/.exec(text);
  if (parts === null) {
    throw new ConfigError('private_key is no PEM text: it begins with -----BEGIN and ends with -----END ...-----.', {
      code: 'KEY_INVALID',
    });
  }
  const body = (parts[2] as string).replace(/\s+/g, '').replace(/(.{64})/g, '$1\n');
  return `${parts[1]}\n${body.trimEnd()}\n${parts[3]}\n`;
}
