/** An error as Snowflake answers it: HTTP 200 with a code, a state and a text. */
export class SqlError extends Error {
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, message: string, sqlState = '42000') {
    super(message);
    this.name = 'SqlError';
    this.code = code;
    this.sqlState = sqlState;
  }
}

/** The table, schema, stage or view is not there, or the role may not see it: Snowflake does not tell which. */
export function absent(kind: string, name: string): SqlError {
  return new SqlError('002003', `SQL compilation error:\n${kind} '${name}' does not exist or not authorized.`, '02000');
}

/** What the engine refused, in Snowflake's words. */
export function engineRefusal(error: unknown): SqlError {
  const message = error instanceof Error ? (error.message.split('\n')[0] as string) : String(error);
  if (/NOT NULL constraint/.test(message))
    return new SqlError('100072', `NULL result in a non-nullable column\n${message}`, '22000');
  if (/Conversion Error.*(DECIMAL|out of range|INT)/i.test(message)) {
    return new SqlError('100132', `Numeric value is out of range\n${message}`, '22003');
  }
  if (/Can't parse/.test(message)) return new SqlError('100096', message, '22007');
  if (/Conversion Error|Malformed JSON/i.test(message))
    return new SqlError('100040', `Value is not recognized\n${message}`, '22007');
  if (/Referenced column|not found in FROM|does not have a column/.test(message)) {
    return new SqlError('000904', `SQL compilation error: invalid identifier\n${message}`);
  }
  return new SqlError('001003', `SQL compilation error:\n${message}`);
}
