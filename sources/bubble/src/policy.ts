import {
  type Answer,
  bearer,
  bubbleApiRoot,
  type HttpPolicy,
  limitsFromConfig,
  type Outcome,
  perMinute,
} from '@cuttle/airbyte-cdk';
import { isJsonObject } from '@cuttle/protocol';
import type { BubbleConfig } from './config.js';

/** How the source speaks to Bubble; all streams share the token's budget. */
export function bubblePolicy(config: BubbleConfig): HttpPolicy {
  return {
    baseUrl: bubbleApiRoot(config),
    addressField: config.base_url === undefined ? 'app_url' : 'base_url',
    auth: bearer(config.api_token),
    budget: { ...perMinute(config.requests_per_minute), concurrency: config.concurrency },
    classify: (answer) => classify(answer, config.environment),
    limits: limitsFromConfig({ ...config }),
  };
}

function classify(answer: Answer, environment: string): Outcome | undefined {
  switch (answer.status) {
    case 400:
      return isJsonObject(answer.body) ? undefined : unknownApp();
    case 401:
      // Bubble repeats the token in the body, so nothing of it is quoted.
      return {
        action: 'refresh',
        message: 'Bubble does not accept the api_token: it is wrong, expired, or of another environment.',
      };
    case 404:
      return { action: 'config_error', code: 'TYPE_NOT_FOUND', message: notFound(answer.path, environment) };
    case 503:
      return isRateLimit(answer) ? { action: 'rate_limit' } : undefined;
    default:
      return undefined;
  }
}

function unknownApp(): Outcome {
  return { action: 'config_error', code: 'APP_NOT_FOUND', message: 'There is no Bubble app at the app_url.' };
}

function notFound(path: string, environment: string): string {
  const type = /\/obj\/([^/]+)/.exec(path)?.[1];
  if (type === undefined) return `Bubble has no API at the app_url for the environment "${environment}".`;
  return (
    `Bubble shows no type "${decodeURIComponent(type)}". Either the type is not ticked in Settings, API, ` +
    'or the Data API is switched off or not yet deployed, ' +
    `or the type does not exist in the environment or branch "${environment}".`
  );
}

/** Legacy plans answer 503 where others answer 429. */
function isRateLimit(answer: Answer): boolean {
  if (answer.headers['retry-after'] !== undefined) return true;
  return isJsonObject(answer.body) && JSON.stringify(answer.body).includes('RATE_LIMITED');
}
