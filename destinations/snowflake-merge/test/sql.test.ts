import type { AirbyteType, TablePlan } from '@cuttle/loader';
import { expectGoldenText } from '@cuttle/testing';
import { SnowflakeDialect } from '../src/snowflake-dialect.js';
import {
  batchFolder,
  batchRelation,
  copyFiles,
  createBatchTable,
  keyFacts,
  putFile,
  removeFolder,
  targetFolder,
} from '../src/stage-sql.js';

/** Names that break what is not quoted, or not quoted well. */
const HOSTILE = ['quote"inside', "apostrophe's", 'back\\slash', '${x}', 'two words', 'ünï', 'select', '$1'];
const TYPES: readonly AirbyteType[] = [
  'string',
  'number',
  'integer',
  'boolean',
  'date',
  'time_with_timezone',
  'time_without_timezone',
  'timestamp_with_timezone',
  'timestamp_without_timezone',
  'object',
  'array',
  'union',
];

function hostilePlan(dialect: SnowflakeDialect): TablePlan {
  const names = [...HOSTILE, ...TYPES.slice(HOSTILE.length)];
  const columns = TYPES.map((type, index) => {
    const property = names[index] as string;
    return { property, name: dialect.names.spell(property), type };
  });
  const name = (index: number) => (columns[index] as { name: string }).name;
  return {
    table: { schema: 'RA"W', name: 'HOSTILE\'S "TABLE"' },
    columns,
    key: [name(2), name(0)],
    cursor: name(4),
    tombstone: name(7),
  };
}

describe('statements for Snowflake', () => {
  const dialect = new SnowflakeDialect({ numberType: 'decimal', clusterBy: 'primary_key' });
  const plan = hostilePlan(dialect);
  const shape = { plan, batchTable: { schema: plan.table.schema, name: '_CUTTLE_BATCH_0123456789ABCDEF_3' } };
  const relation = {
    sql: batchRelation(shape, dialect, 1),
    keys: new Map([
      [plan.key[0] as string, { hasNulls: false, range: ['1', '99'] as const }],
      [plan.key[1] as string, { hasNulls: true }],
    ]),
  };
  const existing = new Map([
    ['_AIRBYTE_RAW_ID', 'VARCHAR'],
    ['_AIRBYTE_EXTRACTED_AT', 'TIMESTAMP_TZ'],
    ['_AIRBYTE_META', 'VARIANT'],
    ['_AIRBYTE_GENERATION_ID', 'NUMBER(38,0)'],
    [plan.columns[0]?.name as string, 'NUMBER(38,0)'],
    [plan.columns[1]?.name as string, 'VARCHAR'],
    [plan.columns[2]?.name as string, 'FLOAT NOT NULL'],
    [plan.columns[4]?.name as string, 'DATE NOT NULL'],
    [plan.columns[8]?.name as string, 'TIMESTAMP_TZ'],
    [plan.columns[9]?.name as string, 'VARCHAR'],
  ]);

  it.each([
    ['create', () => dialect.create(plan.table, plan)],
    ['alter', () => dialect.alter(existing, plan.table, plan)],
    ['drop', () => [dialect.drop(plan.table)]],
    ['append', () => dialect.load('append', relation, plan.table, plan)],
    ['replace', () => dialect.load('replace', relation, plan.table, plan)],
    ['upsert', () => dialect.load('upsert', relation, plan.table, plan)],
    ['distinct', () => dialect.distinct(plan.table, plan)],
  ])('%s of a hostile schema', (name, statements) => {
    const text = statements().map(({ sql }) => `${sql};\n`);
    expectGoldenText(`destinations/snowflake-merge/test/golden/${name}.sql`, text.join('\n'));
  });

  it('staging of a hostile schema', () => {
    const source = batchFolder(shape.batchTable, 1);
    const text = [
      removeFolder(targetFolder(shape.batchTable)),
      createBatchTable(shape, dialect),
      putFile("/staging/it's here/part.parquet", source),
      copyFiles(shape, dialect, { files: ['part.parquet'], source, batch: 1 }),
    ];
    expectGoldenText('destinations/snowflake-merge/test/golden/stage.sql', `${text.join(';\n\n')};\n`);
  });

  it('a change of types that was cut off is brought to its end', () => {
    const [added] = dialect
      .alter(existing, plan.table, plan)
      .map(({ sql }) => /_CUTTLE_NEW_\w+/.exec(sql)?.[0])
      .filter(Boolean);
    const [first] = plan.columns;
    const renamed = new Map(existing);
    renamed.delete(first?.name as string);
    renamed.set(String(added).replace('NEW', 'OLD'), 'NUMBER(38,0)');
    renamed.set(String(added), 'VARCHAR');
    const statements = dialect.alter(renamed, plan.table, plan).map(({ sql }) => sql);
    expect(statements[0]).toContain(`rename column "${added}" to`);
    expect(statements[1]).toContain(`drop column "${String(added).replace('NEW', 'OLD')}"`);
  });
});

describe('the range of a key', () => {
  const column = { property: 'id', name: 'ID', type: 'string' } as const;

  it.each([
    'a\0b',
    '\u0001',
    'a\nb',
    '\u007f',
    '\u0085',
    'a\ud800',
  ])('leaves out %j, which no literal should hold', (value) => {
    expect(keyFacts(column, [0, value, 'z'])).toEqual({ hasNulls: false });
    expect(keyFacts(column, [1, 'a', value])).toEqual({ hasNulls: true });
  });

  it('is there for ordinary texts', () => {
    expect(keyFacts(column, [0, 'a', "ü'😀"])).toEqual({ hasNulls: false, range: ["'a'", "'ü''😀'"] });
  });
});
