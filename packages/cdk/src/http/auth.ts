import { pastedToken } from '@cuttle/protocol';

/** How requests prove who they are. */
export interface Auth {
  /** Headers of the next request; called before each attempt. */
  headers(): Promise<Readonly<Record<string, string>>> | Readonly<Record<string, string>>;
  /**
   * Gets a new token after a 401; absent when the credential cannot be renewed.
   *
   * @param refused the headers that were not accepted; they may be older than what `headers` gives by now
   */
  refresh?(refused: Readonly<Record<string, string>>): Promise<void>;
}

/** A fixed token in the Authorization header, also when it was pasted with blanks or with the word Bearer. */
export function bearer(token: string): Auth {
  const authorization = `Bearer ${pastedToken(token)}`;
  return { headers: () => ({ authorization }) };
}

/** User name and password in the Authorization header. */
export function basic(user: string, password: string): Auth {
  const credentials = Buffer.from(`${user}:${password}`).toString('base64');
  return { headers: () => ({ authorization: `Basic ${credentials}` }) };
}
