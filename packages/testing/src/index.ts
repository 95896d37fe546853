export { crashSuite } from './destination/crash-suite.js';
export { dedupSuite } from './destination/dedup-suite.js';
export { DuckdbFile } from './destination/duckdb-dump.js';
export { duckdbProfile } from './destination/duckdb-profile.js';
export { exactlyOnceSuite } from './destination/exactly-once-suite.js';
export {
  changesOf,
  complete,
  EMITTED_AT,
  incomplete,
  range,
  rawRecord,
  record,
  sortRows,
  state,
  streamOf,
  TestWarehouse,
  withoutMeta,
} from './destination/fixture.js';
export { modeSuite, sideTables } from './destination/mode-suite.js';
export type { DestinationProfile, DumpedRow } from './destination/profile.js';
export { protocolSuite } from './destination/protocol-suite.js';
export { tableSuite } from './destination/table-suite.js';
export { column, typeSuite } from './destination/type-suite.js';
export { listFiles, makeFolder, removeFolder, writeJson } from './harness/folder.js';
export {
  type Command,
  errorsOf,
  messagesOf,
  type RunOptions,
  type RunResult,
  runCommand,
  statesOf,
  type TimedMessage,
} from './harness/run-command.js';
export { statement } from './harness/statement.js';
export { airbyteFolder, assertBuilt, connectorCommand, dataFolder, isLong, ROOT } from './harness/workspace.js';
