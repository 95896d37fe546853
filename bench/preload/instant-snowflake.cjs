// Preloaded into destination-snowflake-merge: a driver that answers every statement at once and moves nothing, so that
// the client's own work is measured. Rows of the files that would be uploaded are counted into CUTTLE_STAGED_FILE.
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

const load = createRequire(process.argv[1]);
const driver = load('snowflake-sdk');
/** Rows of each file that was put and not copied yet. */
const put = new Map();

driver.createConnection = () => ({
  connect: (done) => done(null),
  destroy: (done) => done(null),
  execute: ({ sqlText, complete }) => {
    const statement = { getNumUpdatedRows: () => 1, getQueryId: () => 'none' };
    answer(sqlText).then(
      (rows) => complete(null, statement, rows),
      (error) => complete(error),
    );
  },
});

async function answer(sql) {
  if (sql.startsWith('put ')) {
    const file = /^put 'file:\/\/([^']+)'/.exec(sql)[1];
    put.set(path.basename(file), await rowsOf(file));
    return [[path.basename(file), path.basename(file), 0, 0, 'NONE', 'NONE', 'UPLOADED', '']];
  }
  if (!sql.startsWith('copy into')) return [];
  const copied = [...put].map(([file, rows]) => [file, 'LOADED', rows, rows]);
  put.clear();
  const rows = copied.reduce((sum, [, , , count]) => sum + count, 0);
  fs.appendFileSync(process.env.CUTTLE_STAGED_FILE, `${rows}\n`);
  return copied;
}

/** From the file's end alone. */
async function rowsOf(file) {
  const { DuckDBInstance } = load('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const sql = `select sum(num_rows)::integer from parquet_file_metadata('${file}')`;
    return (await connection.runAndReadAll(sql)).getRows()[0][0];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
