import { type AirbyteMessage, errorTrace, type KnownError, type StreamDescriptor } from '@cuttle/protocol';

/**
 * The ERROR trace of an error: the message for the user, the chain of causes for a developer.
 *
 * Only messages and stacks are taken from causes, never their other properties: HTTP errors carry requests with headers.
 */
export function errorMessage(error: KnownError, nowMs: number, stream?: StreamDescriptor): AirbyteMessage {
  const descriptor = error.stream ?? stream;
  const internal = [error.internalMessage, ...causeMessages(error.cause)].filter((part) => part !== undefined);
  return errorTrace(
    {
      message: error.message,
      internal_message: [error.code, ...internal].join(': '),
      ...(error.stack === undefined ? {} : { stack_trace: stackOf(error) }),
      failure_type: error.failureType,
      ...(descriptor === undefined ? {} : { stream_descriptor: descriptor }),
    },
    nowMs,
  );
}

function causeMessages(cause: unknown): readonly string[] {
  const messages: string[] = [];
  for (let next = cause; next instanceof Error && messages.length < 5; next = next.cause) messages.push(next.message);
  return messages;
}

function stackOf(error: Error): string {
  const cause =
    error.cause instanceof Error && error.cause.stack !== undefined ? `\nCaused by: ${error.cause.stack}` : '';
  return `${error.stack}${cause}`;
}
