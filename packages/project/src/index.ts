export {
  planAirbyte,
  splitImage,
  type WantedActor,
  type WantedConnection,
  type WantedConnector,
  type WantedStack,
} from './airbyte-stack.js';
export { type AirbyteAuth, type AirbyteTarget, airbyteTarget, airbyteTargets } from './airbyte-target.js';
export { catalogFile, fieldsOf, readCommittedCatalog } from './committed-catalog.js';
export { type ConnectionPlan, planConnection, planConnector } from './connection-plan.js';
export type { ConfigEntry, ConnectorInstance } from './connector-instance.js';
export { readConnectorSpec } from './connector-spec.js';
export { type DashboardCard, type DashboardDocument, readDashboard } from './dashboard.js';
export { type Diagnostic, formatPosition, type Position } from './diagnostic.js';
export type { ConnectorEntry, Project, ProjectDocument } from './document.js';
export { type LoadedProject, listStacks, loadProject } from './load-project.js';
export { DEFAULT_TARGET, type LocalTarget, type LocalTimeouts, localTarget } from './local-target.js';
export { type LocalWarehouse, localWarehouse } from './local-warehouse.js';
export { mapNamespace, type NamespaceRule } from './namespace.js';
export {
  type DbtAction,
  type PipelineAction,
  type PipelineStep,
  planPipeline,
  type WriteBackAction,
} from './pipeline-plan.js';
export { configWithoutSecrets, type PreparedConfig, propertySchemas, type SecretPlace } from './prepare-config.js';
export { projectMask } from './project-mask.js';
export { type Environment, type ResolvedConfig, resolveConfig } from './resolve-config.js';
export { everyToCron, notSettable, type Schedule } from './schedule.js';
export { SCHEMA_FILE, type SchemaConnector, schemaFiles } from './schema-files.js';
export { SecretMask } from './secret-mask.js';
export type { FieldSelection, StreamSettings, TransformStep } from './stream-settings.js';
export { didYouMean, suggest } from './suggest.js';
export { SYNC_BEHAVIOUR, type SyncBehaviour, type SyncWord } from './sync-words.js';
export { formatDocuments, writeDocuments } from './write-documents.js';
