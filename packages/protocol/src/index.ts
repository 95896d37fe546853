export { beginsAt } from './begins-at.js';
export { canonicalJson } from './canonical-json.js';
export {
  cursorPath,
  FULL_REFRESH_COMPLETE,
  type Generation,
  generationOf,
  isMarkerState,
  keyPaths,
  namespaceOf,
  numbersSyncs,
  streamKey,
  streamLabel,
} from './catalog.js';
export {
  decodeCatalog,
  decodeConfiguredCatalog,
  decodeStates,
  isJsonObject,
  requireDistinctStreams,
} from './decode.js';
export {
  descriptorOf,
  encodeMessage,
  encodeState,
  encodeStats,
  errorTrace,
  logMessage,
  RECORD_END,
  type RecordPrefix,
  recordHead,
  recordMeta,
  recordPrefix,
  statusTrace,
} from './encode.js';
export { type Envelope, type Span, scanEnvelope, textOf } from './envelope.js';
export {
  ConfigError,
  ConnectorError,
  type ConnectorErrorOptions,
  diskError,
  isKnownError,
  type KnownError,
  SystemError,
  TransientError,
  toKnownError,
} from './errors.js';
export { type LineLimit, LineSplitter, type OnLine } from './line-splitter.js';
export { localPath } from './local-path.js';
export { isLoopbackHost } from './loopback.js';
export {
  type LosslessObject,
  type LosslessValue,
  NumberText,
  parseLossless,
  stringifyLossless,
} from './lossless-json.js';
export type {
  AirbyteCatalog,
  AirbyteMessage,
  AirbyteStream,
  ConfiguredCatalog,
  ConfiguredStream,
  ConnectionStatus,
  ConnectorSpecification,
  ControlMessage,
  DestinationSyncMode,
  ErrorTrace,
  EstimateTrace,
  FailureType,
  FieldPath,
  Json,
  JsonObject,
  JsonSchema,
  LogLevel,
  LogMessage,
  MetaChange,
  MetaChangeReason,
  RecordMessage,
  StateMessage,
  StateStats,
  StreamDescriptor,
  StreamState,
  StreamStatus,
  StreamStatusReason,
  StreamStatusTrace,
  SyncMode,
  TraceMessage,
} from './message.js';
export { pastedToken } from './pasted-token.js';
export { CONFIG_REDIRECTED, type RefusedRedirect, redirectError } from './redirect-error.js';
export { secretForms } from './secret-forms.js';
export { mapInSlots, Slots } from './slots.js';
export { constantOf } from './spec-constant.js';
export { specPattern } from './spec-pattern.js';
export { type DurableWrite, writeDurably } from './write-durably.js';
