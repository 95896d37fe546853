import { changesOf, complete, DuckdbFile, errorsOf, rawRecord, state, streamOf, TestWarehouse } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

const LONG = '87857.333333333333';
const NOTE = { change: 'TRUNCATED', reason: 'DESTINATION_SERIALIZATION_ERROR' };
const PROPERTIES = {
  id: 'integer',
  a: 'number',
  b: 'number',
  o: 'object',
  any: {},
  text: 'string',
  day: { type: ['null', 'string'], format: 'date' },
};
/** Rows beside: none, and more than are cast outside of SQL. */
const OTHERS = [0, 400];

describe('numbers with more digits than a double keeps', () => {
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profileInProcess());
  });
  afterEach(() => warehouse.remove());

  async function rowsOf(data: readonly string[], beside: number): Promise<unknown[][]> {
    const stream = streamOf('things', PROPERTIES);
    const others = Array.from({ length: beside }, (_, id) => rawRecord('things', `{"id":${1000 + id},"a":0.5}`));
    const lines = data.map((content, id) => rawRecord('things', `{"id":${id},${content}}`));
    const result = await warehouse.write([stream], [...lines, ...others, state(stream, { n: 1 }), complete(stream)]);
    expect([result.exitCode, errorsOf(result)]).toEqual([0, []]);
    const sql = `select a, b, o::varchar, "any"::varchar, text, day, _airbyte_meta::varchar from things where id < 1000 order by id`;
    const rows = await new DuckdbFile(String(warehouse.config['destination_path'])).query(sql);
    return rows.map((row) => [...row.slice(0, -1), changesOf({ _airbyte_meta: JSON.parse(String(row.at(-1))) })]);
  }

  it.each(
    OTHERS,
  )('keep all digits inside of JSON and as text; in a column of doubles the note names the field (beside %d rows)', async (beside) => {
    const object = `{"x":[${LONG},-${LONG},{"y":1.5}],"t":"${LONG}, \\"${LONG}\\""}`;
    expect(
      await rowsOf(
        [
          `"o":${object},"any":${LONG},"text":${LONG}`,
          `"a":${LONG},"b":1.5,"o":{"x":1}`,
          `"a":-${LONG},"b":${LONG},"any":"${LONG}"`,
          `"text":{"x":${LONG}}`,
          `"a":${LONG},"day":"soon"`,
          `"a":1234567890123456.5e300,"day":${LONG}`,
        ],
        beside,
      ),
    ).toEqual([
      [null, null, object, LONG, LONG, null, []],
      [Number(LONG), 1.5, '{"x":1}', null, null, null, [{ field: 'a', ...NOTE }]],
      [
        -Number(LONG),
        Number(LONG),
        null,
        `"${LONG}"`,
        null,
        null,
        [
          { field: 'a', ...NOTE },
          { field: 'b', ...NOTE },
        ],
      ],
      [null, null, null, null, `{"x":${LONG}}`, null, []],
      [
        Number(LONG),
        null,
        null,
        null,
        null,
        null,
        [
          { field: 'a', ...NOTE },
          { ...NOTE, field: 'day', change: 'NULLED' },
        ],
      ],
      [
        null,
        null,
        null,
        null,
        null,
        null,
        [
          { ...NOTE, field: 'a', change: 'NULLED' },
          { ...NOTE, field: 'day', change: 'NULLED' },
        ],
      ],
    ]);
  });

  it.each(OTHERS)('are found beside lines that only the slow lane takes (beside %d rows)', async (beside) => {
    const rows = await rowsOf(
      [`"a":${LONG},"o":{"x":${LONG},"x":${LONG}}`, `"text":"\\ud800","any":[${LONG}],"b":1`],
      beside,
    );
    expect(rows).toEqual([
      [Number(LONG), null, `{"x":${LONG}}`, null, null, null, [{ field: 'a', ...NOTE }]],
      [null, 1, null, `[${LONG}]`, '\ufffd', null, [{ field: 'text', ...NOTE }]],
    ]);
  });

  it.each(['o', 'any', 'text', 'a'])('keep all digits in a batch of one usual row (%s)', async (name) => {
    const value = name === 'o' ? `{"x":${LONG}}` : LONG;
    const [row = []] = await rowsOf([`"${name}":${value}`], 0);
    expect(row[['a', 'b', 'o', 'any', 'text'].indexOf(name)]).toEqual(name === 'a' ? Number(LONG) : value);
    expect(row.at(-1)).toEqual(name === 'a' ? [{ field: 'a', ...NOTE }] : []);
  });
});
