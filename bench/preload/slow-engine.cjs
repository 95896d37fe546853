// Preloaded into a destination: each insert waits CUTTLE_INSERT_DELAY_MS first, as in a warehouse that is slow.
const { createRequire } = require('node:module');
const { setTimeout: sleep } = require('node:timers/promises');

const { DuckDBConnection } = createRequire(process.argv[1])('@duckdb/node-api');
const { run } = DuckDBConnection.prototype;

DuckDBConnection.prototype.run = async function slowly(sql, ...values) {
  if (sql.startsWith('insert into')) await sleep(Number(process.env.CUTTLE_INSERT_DELAY_MS));
  return run.call(this, sql, ...values);
};
