export type { ConnectorBench, ConnectorProfile, Place, Workload } from './connector/profile.js';
export { runChecked } from './connector/run-checked.js';
export { destinationCommandSuite } from './connector/standard-suite.js';
export { type OpenedWarehouse, openDestinationBench } from './destination/connector-bench.js';
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
  type Properties,
  range,
  rawRecord,
  record,
  type StreamOptions,
  sortRows,
  state,
  streamOf,
  TestWarehouse,
  withoutMeta,
} from './destination/fixture.js';
export { countStatements, killedAfter } from './destination/kill-points.js';
export { modeSuite, sideTables } from './destination/mode-suite.js';
export type { DestinationProfile, DumpedRow } from './destination/profile.js';
export { protocolSuite } from './destination/protocol-suite.js';
export { releasedSuite } from './destination/released-suite.js';
export { scalarSuite } from './destination/scalar-suite.js';
export { syncCrashSuite } from './destination/sync-crash-suite.js';
export { syncSuite } from './destination/sync-suite.js';
export { tableSuite } from './destination/table-suite.js';
export { typeSuite } from './destination/type-suite.js';
export { column } from './destination/value-cases.js';
export { type Edit, edited, type FuzzParameters, fuzzParameters, fuzzTimeoutMs, JSON_TOKENS } from './fuzz/fuzz.js';
export { airbyteContract, contractFetch } from './harness/airbyte-contract.js';
export {
  type CommandOutcome,
  catalogIn,
  configuredStream,
  type ReadOutcome,
  readParts,
  runWithFiles,
  statusIn,
} from './harness/command-outcome.js';
export { ConnectProxy } from './harness/connect-proxy.js';
export { listFiles, makeFolder, removeFolder, writeJson } from './harness/folder.js';
export { expectGolden, expectGoldenText } from './harness/golden.js';
export { preload } from './harness/preload.js';
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
export type { Entry } from './harness/run-entry.js';
export { type InProcessHost, type RunIn, runInProcess } from './harness/run-in-process.js';
export { statement } from './harness/statement.js';
export {
  airbyteFolder,
  assertBuilt,
  connectorCommand,
  connectorFile,
  dataFolder,
  isFull,
  isLong,
  ROOT,
} from './harness/workspace.js';
export { HOSTILE_NAMES } from './security/hostile-names.js';
export { regexSuite } from './security/regex-suite.js';
export { leaksIn } from './security/secret-forms.js';
export { warehouseSecuritySuite } from './security/warehouse-suite.js';
export type { SourceBench } from './source/bench.js';
export type { SourceProfile, StandIn } from './source/profile.js';
export {
  sourceCommandSuite,
  sourceSecuritySuite,
  sourceStandardSuite,
  sourceStateSuite,
} from './source/standard-suite.js';
