// Preloaded into a destination by tests: kills the process (SIGKILL, no clean-up) right after its nth engine statement.
// CUTTLE_KILL_AFTER=n; CUTTLE_FAIL_AT=n: the nth statement fails instead. CUTTLE_STATEMENT_LOG=file gets one line a
// statement, also without either.
const fs = require('node:fs');
const path = require('node:path');

const api = require(require.resolve('@duckdb/node-api', { paths: [path.join(__dirname, '..')] }));
const killAfter = Number(process.env.CUTTLE_KILL_AFTER ?? 0);
const failAt = Number(process.env.CUTTLE_FAIL_AT ?? 0);
const log = process.env.CUTTLE_STATEMENT_LOG;
let statements = 0;

for (const method of ['run', 'runAndReadAll']) {
  const original = api.DuckDBConnection.prototype[method];
  api.DuckDBConnection.prototype[method] = async function counted(sql, ...rest) {
    if (statements + 1 === failAt) {
      statements += 1;
      throw new Error('a fault made by the test');
    }
    // runAndReadAll of the library calls other methods, never run, so each statement is counted once.
    const result = await original.call(this, sql, ...rest);
    statements += 1;
    if (log) fs.appendFileSync(log, `${statements} ${sql.slice(0, 80).replaceAll('\n', ' ')}\n`);
    if (statements === killAfter) process.kill(process.pid, 'SIGKILL');
    return result;
  };
}
