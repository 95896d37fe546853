import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { Ajv } from 'ajv';
import { configFor, configured, discover, fetchThings, read } from './run-bubble.js';

describe('values', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 6, orders: 3 });
    sandbox.control.run('bubble.wide');
  });
  afterEach(() => sandbox.close());

  it('BUB-09 absent, null, late and list-or-scalar fields fit the schema (naive variant: a schema made from the first row)', async () => {
    sandbox.control.run('bubble.insert', {
      type: 'rentalunit',
      values: { Nicknames: 'only one', 'Late field': 'x' },
      created: '2024-04-02T00:00:00.000Z',
    });
    const schema = (await discover(configFor(sandbox))).streams.find(({ name }) => name === 'rentalunit')!.json_schema;
    const { records } = await read(configFor(sandbox), [configured('rentalunit')]);
    const validate = new Ajv({ strict: false }).compile(schema);
    for (const record of records) expect([validate(record), validate.errors]).toEqual([true, null]);
    expect(records.map((record) => record['Nicknames'])).toEqual([
      ['The Nest', ''],
      undefined,
      [],
      undefined,
      ['only one'],
    ]);
    expect(records[2]!['Unit Name']).toBeNull();
    const rows = await fetchThings(sandbox, 'rentalunit', { limit: '100' });
    const naive = {
      properties: Object.fromEntries(
        Object.entries(rows[0]!).map(([key, value]) => [key, { type: Array.isArray(value) ? 'array' : typeof value }]),
      ),
    };
    expect(rows.every((row) => new Ajv({ strict: false }).validate(naive, row))).toBe(false);
    expect(Object.keys(rows[0]!)).not.toContain('Late field');
  });

  it('BUB-10 addresses of files get https, texts stay (naive variant: passing rows on keeps //)', async () => {
    const [raw] = await fetchThings(sandbox, 'rentalunit', { limit: '1' });
    expect(raw!['Photo']).toMatch(/^\/\//);
    for (const isMetaOn of [true, false]) {
      sandbox.bubble.app.settings.isMetaOn = isMetaOn;
      sandbox.control.run('bubble.update', {
        type: 'rentalunit',
        id: raw!['_id'],
        values: { 'Unit Name': '// a comment' },
      });
      const { records } = await read(configFor(sandbox), [configured('rentalunit')]);
      const unit = records.find((record) => record['_id'] === raw!['_id'])!;
      expect(unit['Photo']).toBe(`https:${raw!['Photo']}`);
      expect(unit['Papers']).toEqual(['https://cdn.bubble.example/f1x1/deed.pdf', 'https://files.example/plan.pdf']);
      expect(unit['Unit Name']).toBe('// a comment');
    }
  });

  it('BUB-11 a user has an email at the top (naive variant: authentication.email is an object)', async () => {
    const { records } = await read(configFor(sandbox), [configured('user')]);
    expect(records.every((user) => /^reader\d+@/.test(String(user['email'])))).toBe(true);
    const naive = records[0]!['authentication'] as { email: unknown };
    expect(typeof naive.email).toBe('object');
    const plain = await read(configFor(sandbox, { flatten_email: false }), [configured('user')]);
    expect(plain.records[0]).not.toHaveProperty('email');
  });

  it('BUB-15 dates keep their text with milliseconds (naive variant: whole seconds)', async () => {
    const rows = await fetchThings(sandbox, 'rentalunit', { limit: '100' });
    const { records } = await read(configFor(sandbox), [configured('rentalunit')]);
    const dates = (all: readonly Record<string, unknown>[]) =>
      all.map((row) => [row['Created Date'], row['Modified Date'], row['Available from'], row['Visits']]);
    expect(dates(records)).toEqual(dates(rows));
    expect(records[0]!['Available from']).toBe('2024-04-01T08:00:00.123Z');
    const naive = new Date(Math.floor(Date.parse('2024-04-01T08:00:00.123Z') / 1000) * 1000).toISOString();
    expect(naive).not.toBe(records[0]!['Available from']);
    const schemaOf = async (dates: string) =>
      (await discover(configFor(sandbox, { dates }))).streams.find(({ name }) => name === 'rentalunit')!.json_schema[
        'properties'
      ];
    expect(await schemaOf('text')).toMatchObject({ 'Created Date': { type: ['string', 'null'] } });
    expect(await schemaOf('timestamp')).toMatchObject({ 'Created Date': { airbyte_type: 'timestamp_with_timezone' } });
  });
});
