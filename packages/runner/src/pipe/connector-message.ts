import {
  type AirbyteMessage,
  type EstimateTrace,
  type FailureType,
  isJsonObject,
  type JsonObject,
  type LogLevel,
  type StreamDescriptor,
  type StreamStatus,
  type StreamStatusTrace,
} from '@cuttle/protocol';

const LEVELS: readonly unknown[] = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] satisfies LogLevel[];
const FAILURES: readonly unknown[] = ['config_error', 'transient_error', 'system_error'] satisfies FailureType[];
const STATUSES: readonly unknown[] = ['STARTED', 'RUNNING', 'COMPLETE', 'INCOMPLETE'] satisfies StreamStatus[];

/** Latest moment that a `Date` can hold, in milliseconds since the epoch. */
const MAX_TIME_MS = 8.64e15;

/**
 * A message of the protocol, or undefined when the text is none. Connectors that are not ours leave out or mistype parts:
 * a LOG, an ERROR, a status and an estimate come out with parts of the right types only, or not at all. Of all other
 * messages only `type` is checked.
 */
export function decodeMessage(text: string): AirbyteMessage | undefined {
  try {
    return messageOf(JSON.parse(text));
  } catch {
    // No JSON, or nested too deeply for one.
    return undefined;
  }
}

function messageOf(value: unknown): AirbyteMessage | undefined {
  if (!isJsonObject(value) || typeof value['type'] !== 'string') return undefined;
  if (value['type'] === 'LOG') return logOf(value['log']);
  if (value['type'] === 'TRACE') return traceOf(value['trace']);
  return value as unknown as AirbyteMessage;
}

function logOf(log: unknown): AirbyteMessage | undefined {
  if (!isJsonObject(log)) return undefined;
  const message = textOf(log['message']);
  if (message === undefined) return undefined;
  return { type: 'LOG', log: { level: LEVELS.includes(log['level']) ? (log['level'] as LogLevel) : 'INFO', message } };
}

function traceOf(trace: unknown): AirbyteMessage | undefined {
  if (!isJsonObject(trace)) return undefined;
  const emittedAt = typeof trace['emitted_at'] === 'number' ? trace['emitted_at'] : 0;
  if (trace['type'] === 'ERROR') {
    return { type: 'TRACE', trace: { type: 'ERROR', emitted_at: emittedAt, error: errorOf(trace['error']) } };
  }
  if (trace['type'] === 'STREAM_STATUS') {
    const status = statusOf(trace['stream_status']);
    if (status === undefined) return undefined;
    return { type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: emittedAt, stream_status: status } };
  }
  if (trace['type'] === 'ESTIMATE') {
    const estimate = estimateOf(trace['estimate']);
    if (estimate === undefined) return undefined;
    return { type: 'TRACE', trace: { type: 'ESTIMATE', emitted_at: emittedAt, estimate } };
  }
  return { type: 'TRACE', trace } as unknown as AirbyteMessage;
}

/** An error stays one, whatever it looks like. */
function errorOf(error: unknown): NonNullable<(AirbyteMessage & { readonly type: 'TRACE' })['trace']['error']> {
  const given: JsonObject = isJsonObject(error) ? error : { message: textOf(error) ?? null };
  const internal = textOf(given['internal_message']);
  const stream = descriptorIn(given);
  return {
    message: textOf(given['message']) ?? 'It gave no reason.',
    ...(internal === undefined ? {} : { internal_message: internal }),
    ...(FAILURES.includes(given['failure_type']) ? { failure_type: given['failure_type'] as FailureType } : {}),
    ...(stream === undefined ? {} : { stream_descriptor: stream }),
  };
}

function statusOf(status: unknown): StreamStatusTrace | undefined {
  if (!isJsonObject(status) || !STATUSES.includes(status['status'])) return undefined;
  const stream = descriptorIn(status);
  if (stream === undefined) return undefined;
  const reasons: readonly unknown[] = Array.isArray(status['reasons']) ? status['reasons'] : [];
  const limits = reasons.flatMap((reason) => {
    if (!isJsonObject(reason) || reason['type'] !== 'RATE_LIMITED') return [];
    const reset = isJsonObject(reason['rate_limited']) ? reason['rate_limited']['quota_reset'] : undefined;
    const isTime = typeof reset === 'number' && Math.abs(reset) <= MAX_TIME_MS;
    return [{ type: 'RATE_LIMITED' as const, ...(isTime ? { rate_limited: { quota_reset: reset } } : {}) }];
  });
  return { stream_descriptor: stream, status: status['status'] as StreamStatus, reasons: limits };
}

function estimateOf(estimate: unknown): EstimateTrace | undefined {
  if (!isJsonObject(estimate) || typeof estimate['name'] !== 'string') return undefined;
  const { namespace, row_estimate: rows } = estimate;
  return {
    type: 'STREAM',
    name: estimate['name'],
    ...(typeof namespace === 'string' ? { namespace } : {}),
    ...(typeof rows === 'number' && rows >= 0 ? { row_estimate: rows } : {}),
  };
}

function descriptorIn(part: JsonObject): StreamDescriptor | undefined {
  const descriptor = part['stream_descriptor'];
  if (!isJsonObject(descriptor) || typeof descriptor['name'] !== 'string') return undefined;
  const { name, namespace } = descriptor;
  return typeof namespace === 'string' ? { name, namespace } : { name };
}

/** Whatever is there, as a text; undefined when nothing is. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
