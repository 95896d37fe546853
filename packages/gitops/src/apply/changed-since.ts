import { ConfigError } from '@cuttle/protocol';

/** Thrown when a thing is no longer what the plan saw. */
export function changedSince(key: string, what: 'changed' | 'made' | 'deleted'): ConfigError {
  const message = `${key} was ${what} in Airbyte since the plan was made. Nothing of it was overwritten; plan again.`;
  return new ConfigError(message, { code: 'CHANGED_SINCE_PLAN' });
}
