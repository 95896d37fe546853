/** Calls of every macro that has a Snowflake text of its own, by full name, so that DuckDB's is not taken. */
export const SNOWFLAKE_CALLS: readonly string[] = [
  "snowflake__json_get('ecommerce', ['a', 'b'], 'decimal(18, 2)')",
  "snowflake__json_first('category')",
  "snowflake__json_literal('{}')",
  "snowflake__explode('users.interest_ids', 'interests')",
  "snowflake__ga4_param('event_params', 'tax')",
  "snowflake__iso_to_ts('created')",
  "snowflake__epoch_to_ts('created', 's')",
  "snowflake__epoch_to_ts('event_timestamp', 'us')",
  "snowflake__tz_to_ts('_airbyte_extracted_at')",
  "snowflake__iso_week('date_day')",
  "snowflake__date_spine('bounds')",
];

/** A text for `dbt compile --inline` that gives each call and its text. */
export function inlineOfCalls(): string {
  return SNOWFLAKE_CALLS.map((call) => `-- ${call}\n{{ cuttle.${call} }}`).join('\n');
}
