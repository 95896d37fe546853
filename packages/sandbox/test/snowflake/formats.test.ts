import { Account } from '../../src/snowflake/account.js';

describe('Snowflake stand-in: texts with a format', () => {
  const account = new Account();
  let token: string;
  beforeAll(() => {
    account.createDatabase('DB');
    token = account.open({ database: 'DB' });
  });
  afterAll(() => account.close());
  const value = async (sql: string) => (await account.run(token, sql, undefined)).rows[0]?.[0];

  it('reads a text that has the form', async () => {
    const zoned = `to_timestamp_tz('2024-05-05 10:00:00.123456789 +02:00', 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM')`;
    expect(await value(`select ${zoned}`)).toBe('2024-05-05 08:00:00.123456789|+02:00');
    expect(await value(`select to_time('10:00:00.500000000', 'HH24:MI:SS.FF9')`)).toBe('10:00:00.500000000');
    expect(await value(`select to_timestamp_tz(null, 'YYYY-MM-DD')`)).toBeNull();
  });

  it('refuses a text of another form, as Snowflake does', async () => {
    for (const call of [
      `to_timestamp_tz('2024-05-05T10:00:00.123456789 +02:00', 'YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM')`,
      `to_timestamp_ntz('2024-05-05 10:00:00', 'YYYY-MM-DD HH24:MI:SS.FF9')`,
      `to_time('10:00', 'HH24:MI:SS.FF9')`,
      `to_date('05.05.2024', 'YYYY-MM-DD')`,
    ]) {
      await expect(value(`select ${call}`)).rejects.toMatchObject({ code: '100096' });
    }
  });
});
