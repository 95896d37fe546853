import type { AirbyteMessage, ErrorTrace } from '@cuttle/protocol';

/** Longest texts that the platform keeps of an error. */
const MAX_MESSAGE = 50_000;
const MAX_STACK = 100_000;

/**
 * A message with secrets hidden in the texts meant for people: LOG, TRACE and CONNECTION_STATUS. RECORD, STATE, CONTROL
 * and the rest are returned as they are, since changing them would change data.
 */
export function maskMessage(message: AirbyteMessage, mask: (text: string) => string): AirbyteMessage {
  switch (message.type) {
    case 'LOG': {
      const { stack_trace: stack, ...log } = message.log;
      const masked = { ...log, message: mask(log.message) };
      return { type: 'LOG', log: stack === undefined ? masked : { ...masked, stack_trace: mask(stack) } };
    }
    case 'TRACE': {
      const { error, analytics } = message.trace;
      if (error !== undefined) return { type: 'TRACE', trace: { ...message.trace, error: maskError(error, mask) } };
      if (analytics?.value === undefined) return message;
      const masked = { ...analytics, value: mask(analytics.value) };
      return { type: 'TRACE', trace: { ...message.trace, analytics: masked } };
    }
    case 'CONNECTION_STATUS': {
      const status = message.connectionStatus;
      if (status.message === undefined) return message;
      return { type: 'CONNECTION_STATUS', connectionStatus: { ...status, message: mask(status.message) } };
    }
    default:
      return message;
  }
}

function maskError(error: ErrorTrace, mask: (text: string) => string): ErrorTrace {
  const { internal_message: internal, stack_trace: stack, ...rest } = error;
  return {
    ...rest,
    message: mask(error.message).slice(0, MAX_MESSAGE),
    ...(internal === undefined ? {} : { internal_message: mask(internal).slice(0, MAX_MESSAGE) }),
    ...(stack === undefined ? {} : { stack_trace: mask(stack).slice(0, MAX_STACK) }),
  };
}
