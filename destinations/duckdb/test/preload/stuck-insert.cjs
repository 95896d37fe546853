// Preloaded into destination-duckdb by a test: an insert never settles and leaves nothing to wait for.
const { DuckDBConnection } = require('@duckdb/node-api');

const { run } = DuckDBConnection.prototype;
DuckDBConnection.prototype.run = function stuck(sql, ...rest) {
  if (/^insert into "/.test(sql)) return new Promise(() => undefined);
  return run.call(this, sql, ...rest);
};
