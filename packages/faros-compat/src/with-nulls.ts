import type { JsonObject } from '@cuttle/protocol';

/**
 * A record as JSON, with null for each undefined value of its objects, as faros-airbyte-cdk sends it. Dates are texts by
 * their `toJSON`. The record itself is left alone.
 */
export function withNulls(record: object): JsonObject {
  return JSON.parse(
    JSON.stringify(record, (_key, value: unknown) => (value === undefined ? null : value)),
  ) as JsonObject;
}
