// Preloaded into the destination by tests: kills the process (SIGKILL, no clean-up) right after Snowflake answered its nth
// statement. CUTTLE_KILL_AFTER=n. CUTTLE_STATEMENT_LOG=file gets one line a statement.
const fs = require('node:fs');
const { createRequire } = require('node:module');

const api = createRequire(process.argv[1] ?? __filename)('snowflake-sdk');
const killAfter = Number(process.env.CUTTLE_KILL_AFTER ?? 0);
const log = process.env.CUTTLE_STATEMENT_LOG;
let statements = 0;

const { createConnection } = api;
api.createConnection = function counted(...args) {
  const connection = createConnection.apply(this, args);
  const { execute } = connection;
  connection.execute = function executeCounted(options) {
    return execute.call(this, {
      ...options,
      complete: (...answer) => {
        statements += 1;
        if (log) fs.appendFileSync(log, `${statements} ${options.sqlText.slice(0, 80).replaceAll('\n', ' ')}\n`);
        if (statements === killAfter) process.kill(process.pid, 'SIGKILL');
        options.complete(...answer);
      },
    });
  };
  return connection;
};
