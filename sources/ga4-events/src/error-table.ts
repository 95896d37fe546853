import type { Answer, Outcome } from '@cuttle/airbyte-cdk';
import { isJsonObject } from '@cuttle/protocol';

/** The vendor says to wait 10 minutes or more after `quotaExceeded`. */
const QUOTA_WAIT_MS = 600_000;
const RATE_WAIT_MS = 2_000;

/**
 * The first reason in an error answer (`error.errors[].reason`), or undefined.
 * Source: "Error messages" of the BigQuery documentation.
 */
export function errorReason(answer: Answer): string | undefined {
  return firstError(answer)?.['reason'] as string | undefined;
}

/** The error's text, as far as there is one. */
export function errorText(answer: Answer): string {
  return String(firstError(answer)?.['message'] ?? `status ${answer.status}`);
}

/** What an error answer of BigQuery means; undefined leaves it to the kit's table by status. */
export function classifyAnswer(answer: Answer): Outcome | undefined {
  const reason = errorReason(answer);
  const text = errorText(answer);
  switch (reason) {
    case 'accessDenied':
      return {
        action: 'config_error',
        code: 'ACCESS_DENIED',
        message: `BigQuery denies access: ${text} Give the account the role BigQuery Data Viewer on the dataset and, to run queries, BigQuery Job User on the job's project.`,
      };
    case 'billingNotEnabled':
      return { action: 'config_error', code: 'BILLING_DISABLED', message: `Billing is not enabled: ${text}` };
    case 'notFound':
      return {
        action: 'config_error',
        code: 'NOT_FOUND',
        message: `BigQuery does not find what the config names ("project_id", "dataset"): ${text}`,
      };
    case 'bytesBilledLimitExceeded':
      return {
        action: 'config_error',
        code: 'BYTES_BILLED_LIMIT',
        message: `A query would cost more than "maximum_bytes_billed" allows: ${text}`,
      };
    case 'rateLimitExceeded':
      return { action: 'retry', waitMs: RATE_WAIT_MS };
    case 'quotaExceeded':
      return { action: 'rate_limit', waitMs: QUOTA_WAIT_MS, message: `A quota of BigQuery is used up: ${text}` };
    case 'backendError':
    case 'internalError':
      return { action: 'retry' };
    case 'invalid':
    case 'invalidQuery':
      return { action: 'fail', code: 'QUERY_INVALID', message: `BigQuery refuses a request: ${text}` };
    default:
      return undefined;
  }
}

function firstError(answer: Answer): { readonly [name: string]: unknown } | undefined {
  const error = isJsonObject(answer.body) ? answer.body['error'] : undefined;
  const list = isJsonObject(error) ? error['errors'] : undefined;
  const [first] = Array.isArray(list) ? list : [];
  return isJsonObject(first) ? first : undefined;
}
