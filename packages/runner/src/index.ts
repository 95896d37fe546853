export { imageLauncher } from './process/image-launcher.js';
export { type Launcher, type LaunchRequest, processLauncher } from './process/launcher.js';
export { checkConnector, discover, readSpec } from './run/connector-commands.js';
export type {
  Origin,
  Outcome,
  Phase,
  Progress,
  RunError,
  RunEvent,
  RunResult,
  StreamProgress,
  StreamResult,
} from './run/events.js';
export type { OneShotOptions } from './run/one-shot.js';
export { previewStream, type StreamPreview } from './run/preview.js';
export { type RunOptions, runConnection } from './run/run-connection.js';
export type { RunLimits } from './run/run-limits.js';
export { lastResult } from './run/run-log.js';
export {
  type ActionControl,
  type ActionEnd,
  type ActionResult,
  namesOf,
  type PipelineOptions,
  type PipelineResult,
  type PlannedStep,
  runPipeline,
} from './run/run-pipeline.js';
export { previewStatements, type StreamStatements } from './run/statements.js';
export type { ConnectionState, StreamRecord } from './state/connection-state.js';
export { type PipelineIdentity, PipelineJournal } from './state/pipeline-journal.js';
export { StateStore } from './state/state-store.js';
export type { DbtFinding } from './step/dbt-results.js';
export { type DbtEnd, type DbtRequest, findDbt, runDbt } from './step/run-dbt.js';
export { runProgram } from './step/run-program.js';
export { type WriteBackEnd, type WriteBackRequest, writeBack } from './step/write-back.js';
