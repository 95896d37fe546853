import fs from 'node:fs';
import path from 'node:path';
import type { Sandbox } from '@cuttle/sandbox';
import { makeFolder, ROOT, removeFolder } from '@cuttle/testing';
import { readOwn } from './own-read.js';
import { describePeers, reported, runScript } from './peer.js';
import { profileOf } from './profiles.js';
import { snowflakeAccount, statementsOf } from './statements.js';

const GOLDEN = path.join(ROOT, 'destinations/snowflake-merge/test/golden');

interface Parsed {
  /** Class of the expression, `Command` for what was taken as it stands, or `error`. */
  readonly kind: string;
  readonly tables?: readonly string[];
  /** Columns that a CREATE makes, with their types as sqlglot writes them. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly text?: string;
}

const META = ['_airbyte_raw_id', '_airbyte_extracted_at', '_airbyte_meta', '_airbyte_generation_id'];
const OWN = ['id', 'a "name"', 'price', 'is_paid', 'day', 'at', 'local', 'clock', 'buyer', 'tags'];

/** Columns in order, with a type each. */
function columns(types: readonly string[], fold: (name: string) => string): Readonly<Record<string, string>> {
  return Object.fromEntries([...META, ...OWN].map((name, index) => [fold(name), types[index]!]));
}

const DUCKDB_COLUMNS = columns(
  [
    'UUID',
    'TIMESTAMPTZ',
    'JSON',
    'BIGINT',
    expect.stringMatching(/^(INT128|HUGEINT|BIGINT)$/),
    'TEXT',
    'DOUBLE',
    'BOOLEAN',
    'DATE',
    'TIMESTAMPTZ',
    'TIMESTAMP',
    'TIME',
    'JSON',
    'JSON',
  ],
  (name) => name,
);
const SNOWFLAKE_COLUMNS = columns(
  [
    'VARCHAR',
    'TIMESTAMPTZ',
    'VARIANT',
    'DECIMAL(38, 0)',
    'DECIMAL(38, 0)',
    'VARCHAR',
    'DOUBLE',
    'BOOLEAN',
    'DATE',
    'TIMESTAMPTZ',
    'TIMESTAMPNTZ',
    'TIME',
    'OBJECT',
    'ARRAY',
  ],
  (name) => name.toUpperCase(),
);

type Statement = Parsed & { readonly sql: string };

function notUnderstood(parsed: readonly Statement[]): readonly Statement[] {
  return parsed.filter(({ kind }) => kind === 'error' || kind === 'Command');
}

/** The columns of the first statement that makes a table. */
function columnsOf(parsed: readonly Statement[], table: string): unknown {
  return parsed.find(({ kind, tables }) => kind === 'Create' && tables?.includes(table))?.columns;
}

describePeers('sqlglot parses every statement', ['sql'], () => {
  let folder: string;
  beforeAll(() => {
    folder = makeFolder();
  });
  afterAll(() => removeFolder(folder));

  async function parse(dialect: string, statements: readonly string[]): Promise<readonly Statement[]> {
    const job = statements.map((sql) => ({ dialect, sql }));
    const ended = await runScript('sql', 'parse_sql.py', job, { cwd: folder });
    const [found] = reported<readonly Parsed[]>(ended, 'PARSED');
    expect(found).toHaveLength(statements.length);
    return found!.map((parsed, index) => ({ ...parsed, sql: statements[index]! }));
  }

  it('of destination-duckdb, in all modes and types', async () => {
    const found = await statementsOf('destinations/duckdb', { destination_path: path.join(folder, 'none.duckdb') });
    const parsed = await parse('duckdb', [...found.values()].flat());
    expect(notUnderstood(parsed)).toEqual([]);
    for (const name of found.keys()) expect(columnsOf(parsed, name)).toEqual(DUCKDB_COLUMNS);
  });

  it('of destination-snowflake-merge, in all modes and types, and its goldens', async () => {
    const found = await statementsOf('destinations/snowflake-merge', snowflakeAccount());
    const goldens = fs
      .readdirSync(GOLDEN)
      .filter((name) => name.endsWith('.sql'))
      .flatMap((name) => fs.readFileSync(path.join(GOLDEN, name), 'utf8').split(/;\n+/))
      .filter((text) => text.trim() !== '');
    const parsed = await parse('snowflake', [...[...found.values()].flat(), ...goldens]);
    // The version has no REMOVE of its own: it takes the statement as it stands.
    expect(notUnderstood(parsed)).toEqual(parsed.filter(({ sql }) => sql.startsWith('remove ')));
    for (const name of found.keys()) expect(columnsOf(parsed, name.toUpperCase())).toEqual(SNOWFLAKE_COLUMNS);
  });

  it('that source-ga4-events sends to BigQuery', async () => {
    const profile = await profileOf('sources/ga4-events');
    const standIn = (await profile.start()) as Sandbox;
    try {
      await readOwn(profile, { ...profile.config(standIn, standIn.url), read_method: 'query' });
      const bodies = standIn.control.log.find({ system: 'bigquery' }).map(({ body }) => body);
      const sent = bodies.filter((body) => body.includes('"query"')).map((body) => JSON.parse(body).query as string);
      const parsed = await parse('bigquery', [...new Set(sent)]);
      expect(parsed.map(({ kind }) => kind)).toEqual(parsed.map(() => 'Select'));
      const tables = parsed.flatMap((entry) => entry.tables ?? []);
      expect(tables.length).toBeGreaterThan(10);
      expect(tables.filter((name) => !/^events_\d{8}$/.test(name))).toEqual([]);
    } finally {
      await standIn.close();
    }
  });
});
