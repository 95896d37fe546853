import {
  type Answer,
  bearer,
  bubbleApiRoot,
  type HttpLimits,
  type HttpPolicy,
  limitsFromConfig,
  type Outcome,
  perMinute,
} from '@cuttle/airbyte-cdk';
import { isJsonObject } from '@cuttle/protocol';
import type { BubbleConfig } from './config.js';

/** `check` answers a person who waits: fewer and shorter attempts than a write, within 60 s in all. */
export const CHECK_LIMITS: HttpLimits = { maxAttempts: 3, maxWaitMs: 15_000, attemptTimeoutMs: 10_000 };

/** How the destination speaks to Bubble; everything shares the token's budget. The config's limits win. */
export function bubblePolicy(config: BubbleConfig, limits: HttpLimits = {}): HttpPolicy {
  return {
    baseUrl: bubbleApiRoot(config),
    addressField: config.base_url === undefined ? 'app_url' : 'base_url',
    auth: bearer(config.api_token),
    budget: { ...perMinute(config.requests_per_minute), concurrency: config.concurrency },
    classify,
    limits: { ...limits, ...limitsFromConfig({ ...config }) },
  };
}

/** Bubble may repeat the token in the body of a 401, so nothing of it is quoted. */
function classify({ status, headers, body }: Answer): Outcome | undefined {
  if (status === 400 && !isJsonObject(body)) {
    return { action: 'config_error', code: 'APP_NOT_FOUND', message: 'There is no Bubble app at the app_url.' };
  }
  if (status === 401) {
    const message = 'Bubble does not accept the api_token. Take a private key from Settings, API of the app.';
    return { action: 'config_error', code: 'CREDENTIAL_REJECTED', message };
  }
  if (status === 403) {
    const message =
      'The api_token lacks the right to read a type that is written. Take an administrator’s private key.';
    return { action: 'config_error', code: 'RIGHT_MISSING', message };
  }
  return status === 503 && headers['retry-after'] !== undefined ? { action: 'rate_limit' } : undefined;
}

/** What the token has to be allowed to do, in the words of the app's privacy rules. */
export type Right = 'Create via API' | 'Modify via API' | 'Delete via API';

/** Says which right is missing; undefined for every other answer. */
export function missingRight({ status, body }: Answer, type: string, right: Right): Outcome | undefined {
  const inner = isJsonObject(body) && isJsonObject(body['body']) ? body['body'] : undefined;
  const isRefused = status === 403 || (status === 401 && inner?.['status'] === 'PERMISSION_DENIED');
  if (!isRefused) return undefined;
  const message = `The api_token lacks the right "${right}" on type "${type}". Tick it in Data, Privacy of the app, or take an administrator’s private key.`;
  return { action: 'config_error', code: 'RIGHT_MISSING', message };
}

/** Says that there is no such type; undefined for every other answer. */
export function unknownType({ status }: Answer, type: string): Outcome | undefined {
  if (status !== 404) return undefined;
  const message = `Bubble shows no type "${type}". Is its name as in API addresses, and is it ticked in Settings, API?`;
  return { action: 'config_error', code: 'TYPE_NOT_FOUND', message };
}
