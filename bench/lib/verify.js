const { DuckDBInstance } = require('@duckdb/node-api');
const { isBad, LONG_FRACTION, purchase } = require('./purchases.js');

/** Runs a query on a database file and gives its rows. */
async function queryFile(file, sql) {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'");
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/**
 * Fails unless the table holds exactly the first `rows` purchases: counts, sums, changes, and one whole row.
 *
 * @param {{ isDirty?: boolean, longFractions?: number, versionOf?: (index: number) => number }} [options] how the table
 *   was written: with bad values, of how many records one has a long fraction, and which version of each record is the newest
 */
async function verifyPurchases(file, rows, { isDirty = false, longFractions = 0, versionOf = () => 0 } = {}) {
  const bad = isDirty ? count(rows, isBad) : 0;
  const isLong = (index) => longFractions > 0 && index % longFractions === 0;
  const changes = bad * 2;
  let [amount, versions] = [0, 0];
  for (let index = 0; index < rows; index += 1) {
    amount += index % 10_000;
    versions += versionOf(index);
  }
  const [totals] = await queryFile(
    file,
    `select count(*)::integer, count(distinct id)::integer, sum(id)::double, sum(round(amount * 100))::double,
sum(epoch_us(updated_at) % 1000000)::double,
sum(case when updated_at is null and quantity is null then 1 else 0 end)::integer,
sum(json_array_length(_airbyte_meta, '$.changes'))::integer,
sum(contains(address::varchar, '${LONG_FRACTION}')::integer)::integer from purchases`,
  );
  expectEqual('totals', totals, [
    rows,
    rows,
    (rows * (rows - 1)) / 2,
    amount,
    versions,
    bad,
    changes,
    count(rows, isLong),
  ]);
  for (const index of [0, rows - 1]) {
    const [found] = await queryFile(file, `select ${FULL_ROW} from purchases where id = ${index}`);
    expectEqual(`row ${index}`, found, fullRow(purchase(index, versionOf(index)), isLong(index)));
  }
}

const FULL_ROW = `id::varchar, user_id::varchar, product_id::varchar, amount, currency, status, note, paid,
epoch_ms(created_at)::varchar, epoch_us(updated_at)::varchar, day::varchar, address::varchar, quantity::varchar`;

function fullRow(record, isLong) {
  const [, seconds, micros] = /^(.*)\.(\d{6})\+02:00$/.exec(record.updated_at);
  return [
    ...[record.id, record.user_id, record.product_id].map(String),
    ...[record.amount, record.currency, record.status, record.note, record.paid],
    String(Date.parse(record.created_at)),
    `${Date.parse(`${seconds}+02:00`) / 1000}${micros}`,
    ...[record.day, addressOf(record, isLong), String(record.quantity)],
  ];
}

/** JavaScript would write one digit less. */
function addressOf({ address }, isLong) {
  const text = JSON.stringify(address);
  return isLong ? text.replace('"lat":1.5', `"lat":${LONG_FRACTION}`) : text;
}

function count(rows, test) {
  let found = 0;
  for (let index = 0; index < rows; index += 1) if (test(index)) found += 1;
  return found;
}

function expectEqual(what, found, wanted) {
  const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`wrong ${what}: ${left}, expected ${right}`);
}

module.exports = { verifyPurchases, queryFile };
