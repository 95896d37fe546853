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
export { type RunOptions, runConnection } from './run/run-connection.js';
export type { RunLimits } from './run/run-limits.js';
export { lastResult } from './run/run-log.js';
export { StateStore } from './state/state-store.js';
