export type { FileOption } from './command/arguments.js';
export { Awaited } from './command/awaited.js';
export type { Connector, ConnectorCommand } from './command/connector.js';
export { errorMessage } from './command/error-message.js';
export { type Host, processHost } from './command/host.js';
export type { Invocation } from './command/invocation.js';
export { readSpec } from './command/read-spec.js';
export { runConnector, runMain } from './command/run-connector.js';
export { bubbleApiRoot } from './config/bubble-address.js';
export { collectSecrets, Secrets } from './config/secrets.js';
export { validateConfig } from './config/validate-config.js';
export { type AscendingCursorOptions, ascendingCursor } from './cursor/ascending-cursor.js';
export type { Cursor, CursorInput, CursorRun, Slice } from './cursor/cursor.js';
export { ownCursor } from './cursor/cursor.js';
export { type DatetimeCursorOptions, datetimeCursor } from './cursor/datetime-cursor.js';
export { durationMs } from './cursor/duration.js';
export { cutInterval, findGaps, type Interval, mergeIntervals } from './cursor/intervals.js';
export { type Destination, runDestination, runDestinationIn } from './destination/destination.js';
export { inputError, type MessageSink, type RecordLine, type StateLine } from './destination/message-router.js';
export { type ReadInputOptions, readInput } from './destination/read-input.js';
export { type PendingState, StateQueue } from './destination/state-queue.js';
export { type Auth, basic, bearer } from './http/auth.js';
export { type BudgetOptions, perMinute, perSecond } from './http/budget.js';
export { checkLimits } from './http/check-limits.js';
export { HttpClient, type HttpSurroundings, type RequestOptions } from './http/client.js';
export type { HttpResponse } from './http/judge-answer.js';
export { nextLink } from './http/next-link.js';
export { PagingGuard } from './http/paging-guard.js';
export {
  type Action,
  type Answer,
  type BudgetedRequest,
  type HttpLimits,
  type HttpPolicy,
  limitsFromConfig,
  type NamedBudget,
  type Outcome,
} from './http/policy.js';
export { CREDENTIAL_REJECTED, HOST_UNREACHABLE, UNEXPECTED_STATUS } from './http/request-error.js';
export { withoutTrailingSlashes } from './http/request-url.js';
export { retryAfterMs } from './http/retry-after.js';
export type { Timer } from './http/sleep.js';
export { createLogger, type Logger } from './io/logger.js';
export { isClosedOutput, MessageWriter, type MessageWriterOptions } from './io/message-writer.js';
export type { ChangedPage, Page, RawPage, RecordData, TextPage } from './io/page.js';
export { rawPage } from './io/raw-page.js';
export { type RecordTarget, recordTarget } from './io/record-target.js';
export type { Context, SourceContext } from './source/context.js';
export { runSource, runSourceIn, sourceConnector } from './source/run-source.js';
export { type AnyStream, Source } from './source/source.js';
export { type Checkpoint, describeStream, Stream } from './source/stream.js';
export { StateEmitter } from './state/state-emitter.js';
export { beginning, type StateProblem } from './state/usable-state.js';
