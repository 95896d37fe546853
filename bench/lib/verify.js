const { DuckDBInstance } = require('@duckdb/node-api');
const { purchase } = require('./purchases.js');

/** Fails unless the table holds exactly the first `rows` purchases: count, sums, and one whole row. */
async function verifyPurchases(file, rows) {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'");
    const reader = await connection.runAndReadAll(
      `select count(*)::integer, count(distinct id)::integer, sum(id)::double, round(sum(amount), 2), max(created_at)::varchar from purchases`,
    );
    const expected = purchase(rows - 1);
    const [count, distinct, sum, , latest] = reader.getRowsJson()[0];
    const sumExpected = (rows * (rows - 1)) / 2;
    if (
      count !== rows ||
      distinct !== rows ||
      sum !== sumExpected ||
      !latest.startsWith(expected.created_at.slice(0, 10))
    ) {
      throw new Error(
        `wrong content: ${JSON.stringify([count, distinct, sum, latest])}, expected ${rows} rows, sum ${sumExpected}`,
      );
    }
    const row = await connection.runAndReadAll(
      `select note, paid, address::varchar, quantity::varchar from purchases where id = ${rows - 1}`,
    );
    const found = JSON.stringify(row.getRowsJson()[0]);
    const wanted = JSON.stringify([
      expected.note,
      expected.paid,
      JSON.stringify(expected.address),
      String(expected.quantity),
    ]);
    if (found !== wanted) throw new Error(`wrong row: ${found}, expected ${wanted}`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

module.exports = { verifyPurchases };
