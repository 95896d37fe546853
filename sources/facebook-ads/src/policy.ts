import { type Answer, bearer, type HttpPolicy, limitsFromConfig, type Outcome, Secrets } from '@cuttle/airbyte-cdk';
import { apiRoot, type FacebookAdsConfig, tokenOf } from './config.js';
import { decideError, graphError } from './error-table.js';
import { pauseMs, regainMs, type Throttle } from './throttle.js';

/** Attempts of one request: Meta's own faults often last for minutes. */
const MAX_ATTEMPTS = 15;
/** Slices that are read at the same time. */
export const CONCURRENCY = 4;

/** How the source speaks to the Graph API. The token goes in a header: in a query, logs of proxies would hold it. */
export function graphPolicy(config: FacebookAdsConfig, throttle: Throttle): HttpPolicy {
  const secrets = new Secrets();
  secrets.add(tokenOf(config));
  return {
    baseUrl: apiRoot(config),
    addressField: 'base_url',
    auth: bearer(tokenOf(config)),
    budget: { concurrency: CONCURRENCY },
    classify: (answer) => classify(answer, throttle, secrets),
    limits: { maxAttempts: MAX_ATTEMPTS, ...limitsFromConfig({ ...config }) },
  };
}

function classify(answer: Answer, throttle: Throttle, secrets: Secrets): Outcome | undefined {
  throttle.note(answer.headers);
  const error = graphError(answer.body);
  if (error !== undefined && answer.status !== 429) {
    const masked = { ...error, message: secrets.mask(error.message) };
    return decideError(masked, answer, regainMs(answer.headers));
  }
  if (answer.status >= 300) return undefined;
  const waitMs = pauseMs(answer.headers);
  return waitMs > 0 ? { action: 'ok', waitMs } : undefined;
}
