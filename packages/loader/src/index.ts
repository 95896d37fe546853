export { type AirbyteType, airbyteTypeOf } from './airbyte-type.js';
export { castSelect } from './cast-select.js';
export { type Cast, type Casts, DUCKDB_CASTS, hasUsualForm, type MomentType } from './cast-sql.js';
export { checkWarehouse } from './check-warehouse.js';
export {
  type Column,
  type Dialect,
  type ExistingTable,
  type KeyFacts,
  type LoadKind,
  META_COLUMNS,
  type NameRules,
  type Note,
  type Relation,
  type Statement,
  type TableColumns,
  type TableName,
  type TablePlan,
} from './dialect.js';
export { Engine, type EngineOptions } from './engine.js';
export { rareForm } from './engine-functions.js';
export { HeldSpace } from './held-space.js';
export { joinNotes } from './join-notes.js';
export { type CommitConfig, loadLimits } from './load-limits.js';
export { type LoaderOptions, loadStreams } from './loader.js';
export { printStatements, STAGING_PLACEHOLDER } from './print-statements.js';
export type { Segment } from './segment.js';
export type { SmallBatch } from './small-batch.js';
export { literal } from './sql-text.js';
export { createStagingFolder } from './staging-folder.js';
export { shortHash } from './table-names.js';
export { columnList, qualified } from './table-relation.js';
export type { Row, Staged, StagedLoad, Warehouse } from './warehouse.js';
export { type EngineNeeds, withEngine } from './with-engine.js';
