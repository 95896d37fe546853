import { makeFolder, removeFolder } from '@cuttle/testing';
import { describePeers, reported, runScript } from './peer.js';
import { snowflakeAccount, statementsOf } from './statements.js';

interface Ran {
  /** `done`, or the error, of each statement. */
  readonly outcomes: readonly string[];
  readonly tables: Readonly<Record<string, readonly (readonly (string | null)[])[]>>;
}

/** What version 0.12.1 cannot run, by the beginning of the statement. A version that can fails here. */
const DEFECTS = {
  'remove ': /syntax error at or near "REMOVE"/,
  'put ': /does not start with @/,
  'copy into ': /invalid URL prefix/,
};
/** A transaction may not hold a MERGE: fakesnow notes it in another database of its engine. */
const TRANSACTIONAL_MERGE = /single transaction can only write to a single attached database/;

/** Rows of the stage in the order of its columns: one key twice, the newer one first. */
const STAGED = [
  [7, 'new', 2.5, true, '2024-05-06', '2024-06-02 10:00:00.000000000 +00:00'],
  [7, 'old', 1.5, false, '2024-05-05', '2024-06-01 10:00:00.000000000 +00:00'],
  [8, "O'Brien", null, null, null, '2024-06-01 11:00:00.000000000 +00:00'],
] as const;
const NEW = ['7', 'new', '2.5', 'True', '2024-05-06'];
const OLD = ['7', 'old', '1.5', 'False', '2024-05-05'];
const OTHER = ['8', "O'Brien", null, null, null];
const COLUMNS = ['"ID"', '"A ""NAME"""', '"PRICE"', '"IS_PAID"', '"DAY"'];

/** Fills the stage's table as COPY does. */
function insertInto(copy: string): string {
  const [, table = '', columns = ''] = /^copy into (\S+) \(([^)]+)\)/.exec(copy) ?? [];
  const rows = STAGED.map(([id, name, price, paid, day, at], index) => {
    const own = [1, `raw-${index}`, '2024-06-03 00:00:00.000000000 +00:00', '{"sync_id":1,"changes":[]}', 1, index];
    const local = at.slice(0, 29);
    const data = [id, name, price, paid, day, at, local, '04:26:00.000000000', '{"id":1}', '[1,2]'];
    return `(${[...own, ...data].map(literal).join(', ')})`;
  });
  return `insert into ${table} (${columns}) values ${rows.join(', ')}`;
}

function literal(value: string | number | boolean | null): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

describePeers('fakesnow runs the statements of destination-snowflake-merge', ['sql'], () => {
  let folder: string;
  let scripts: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    folder = makeFolder();
    scripts = await statementsOf('destinations/snowflake-merge', snowflakeAccount());
  });
  afterAll(() => removeFolder(folder));

  async function run(statements: readonly string[], tables: Readonly<Record<string, readonly string[]>>): Promise<Ran> {
    const ended = await runScript('sql', 'run_fakesnow.py', { statements, tables }, { cwd: folder });
    return reported<Ran>(ended, 'RAN')[0]!;
  }

  it('a first sync in each mode leaves the right rows', async () => {
    const statements = [...scripts.values()]
      .flat()
      .filter((sql) => !/^(begin|commit|remove |put )/.test(sql))
      .map((sql) => (sql.startsWith('copy into ') ? insertInto(sql) : sql));
    const tables = { 'RAW.ORDERS': COLUMNS, 'RAW.EVENTS': COLUMNS, 'RAW.USERS': COLUMNS };
    const { outcomes, tables: found } = await run(statements, tables);
    const problems = statements.flatMap((sql, index) =>
      outcomes[index] === 'done' ? [] : [`${outcomes[index]} :: ${sql.slice(0, 200)}`],
    );
    expect(problems).toEqual([]);
    const sorted = (rows: Ran['tables'][string] | undefined): unknown =>
      [...(rows ?? [])].map((row) => row.join('|')).sort();
    expect(sorted(found['RAW.ORDERS'])).toEqual(sorted([NEW, OTHER]));
    expect(sorted(found['RAW.EVENTS'])).toEqual(sorted([NEW, OLD, OTHER]));
    expect(sorted(found['RAW.USERS'])).toEqual(sorted([NEW, OLD, OTHER]));
  }, 120_000);

  it('its version 0.12.1 has no REMOVE, takes no quoted stage, and runs no MERGE in a transaction', async () => {
    const orders = scripts.get('orders')!;
    const { outcomes } = await run(orders, {});
    for (const [begin, error] of Object.entries(DEFECTS)) {
      expect(outcomes[orders.findIndex((sql) => sql.startsWith(begin))]).toMatch(error);
    }
    expect(outcomes[orders.findIndex((sql) => sql.startsWith('merge into "RAW"."ORDERS"'))]).toMatch(
      TRANSACTIONAL_MERGE,
    );
  }, 120_000);
});
