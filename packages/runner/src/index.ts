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
export { type PipelineOptions, type PipelineResult, runPipeline } from './run/run-pipeline.js';
export type { ConnectionState, StreamRecord } from './state/connection-state.js';
export { StateStore } from './state/state-store.js';
