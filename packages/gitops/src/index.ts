export { applyPlan } from './apply/apply.js';
export type { ApplyOptions } from './apply/context.js';
export type { ApplyEvent, ApplyReport, StartedJob } from './apply/report.js';
export { type Clock, systemClock } from './client/clock.js';
export { examineTarget, type Finding } from './doctor.js';
export { type Drift, type DriftItem, driftOf } from './drift.js';
export { type Imported, type ImportOptions, importWorkspace } from './import/import.js';
export { rememberImport } from './import/remember-import.js';
export {
  type Action,
  type Backfill,
  type FieldChange,
  hasForeignChange,
  isEmpty,
  type Plan,
  type PlanCounts,
  type PlanItem,
  type PlanWarning,
  type SchemaChange,
  type SecretChange,
  type StreamChange,
} from './model/plan.js';
export { openSession, type Session, type SessionOptions } from './model/session.js';
export { syncWordOf } from './model/streams.js';
export { isDrift, makePlan } from './plan/make-plan.js';
export type { PlanOptions } from './plan/options.js';
export type { Planned } from './plan/planned.js';
export { type RemoteRun, syncRemote } from './run-remote.js';
export { type ExportedState, exportState, restoreState } from './state-transfer.js';
