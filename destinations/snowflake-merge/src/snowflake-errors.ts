import {
  ConfigError,
  isKnownError,
  type KnownError,
  redirectError,
  SystemError,
  TransientError,
} from '@cuttle/protocol';
import type { SnowflakeConfig } from './config.js';

/** What the driver throws: its own error names, Snowflake's codes, and SQL states. */
interface DriverError {
  readonly name?: string;
  readonly code?: string | number;
  readonly sqlState?: string;
  readonly message?: string;
  /** The answer that was no success, for errors of the transport. */
  readonly response?: { readonly statusCode?: number; readonly headers?: { readonly location?: string } };
}

const SESSION_CODES = ['390104', '390110', '390111', '390112', '390114', '390195'];
const LOGIN_CODES = ['390100', '390144', '390101', '390102', '394300', '390303', '390318', '390422'];
/** Of `003001` Snowflake says: insufficient privileges. */
const PRIVILEGE_CODES = ['003001', '003540'];
const ABSENT_CODES = ['002003', '002043'];
/** Queue full, resources, internal errors and timeouts of statements: what may pass. */
const PASSING_CODES = ['000604', '000608', '000629', '000630', '000625', '000626', '000639', '300002', '300005'];

const DEFINING = new Set(['CREATE', 'ALTER', 'DROP']);
const MODIFIERS = new Set(['', 'OR', 'REPLACE', 'TRANSIENT']);

/** Where the account is reached. */
export function accessUrl({ account, host = `${account}.snowflakecomputing.com` }: SnowflakeConfig): string {
  return /^https?:\/\//.test(host) ? host : `https://${host}`;
}

/** Whether the session is gone, and with it every transaction in it. */
export function isSessionLost(error: unknown): boolean {
  const { name, code } = error as DriverError;
  return isNetwork(error) || SESSION_CODES.includes(String(code)) || name === 'ClientError';
}

/**
 * The driver's error as one of ours. Its texts quote statements and values, so only Snowflake's first line is kept, inside.
 */
export function clientError(error: unknown, config: SnowflakeConfig, sql: string): KnownError {
  if (isKnownError(error)) return error;
  const { code, message = '', response } = error as DriverError;
  const location = response?.headers?.location;
  if (location !== undefined && Number(response?.statusCode) < 400) {
    const field = config.host === undefined ? 'account' : 'host';
    return redirectError({ field, from: accessUrl(config), location });
  }
  const kind = statementKind(sql);
  const number = String(code ?? '');
  const details = { cause: error, internalMessage: `${number} ${firstLine(message)}` };
  if (LOGIN_CODES.includes(number) || /JWT token is invalid|Incorrect username or password/i.test(message)) {
    return new ConfigError(
      `Snowflake refused the login to account ${config.account}. Check the user, its key, password or token, and its network policy.`,
      { code: 'LOGIN_REFUSED', ...details },
    );
  }
  if (PRIVILEGE_CODES.includes(number)) {
    return new ConfigError(
      `The role ${config.role ?? 'of the user'} lacks a right for ${kind} in ${config.database}. The documentation lists the grants to give.`,
      { code: 'PRIVILEGE_MISSING', ...details },
    );
  }
  if (ABSENT_CODES.includes(number)) {
    return new ConfigError(
      `${kind} failed: an object of ${config.database} does not exist, or the role ${config.role ?? 'of the user'} may not see it. Check database, schema, warehouse and grants.`,
      { code: 'OBJECT_ABSENT', ...details },
    );
  }
  if (/No active warehouse|000606/.test(`${number} ${message}`)) {
    return new ConfigError(
      `The warehouse ${config.warehouse} does not exist, or the role may not use it. Grant USAGE on it, or name another.`,
      { code: 'WAREHOUSE_MISSING', ...details },
    );
  }
  if (isSessionLost(error) || PASSING_CODES.includes(number)) {
    return new TransientError(
      `Snowflake could not be reached or did not finish ${kind}. What was acknowledged is loaded; run again.`,
      { code: 'WAREHOUSE_UNAVAILABLE', ...details },
    );
  }
  return new SystemError(`Snowflake refused ${kind}.`, { code: 'STATEMENT_REFUSED', ...details });
}

function isNetwork(error: unknown): boolean {
  const { name = '', code } = error as DriverError;
  return (
    /NetworkError|RequestFailedError|UnexpectedContentError/.test(name) ||
    /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/.test(String(code)) ||
    ['401001', '401002', '401003'].includes(String(code))
  );
}

/** The statement's first words, without names: `CREATE TABLE`, `MERGE`. */
export function statementKind(sql: string): string {
  const words = sql
    .slice(0, 60)
    .toUpperCase()
    .split(/\s/)
    .filter((word) => !MODIFIERS.has(word));
  const [first = 'a statement', second = ''] = words;
  return DEFINING.has(first) ? `${first} ${second}` : first;
}

function firstLine(text: string): string {
  return text.split('\n')[0] as string;
}
