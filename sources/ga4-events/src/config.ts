/** How rows are fetched. `auto` takes `rest`. */
type ReadMethod = 'auto' | 'rest' | 'query';

/** The config after validation: one field for each property of `resources/spec.json`, defaults filled in. */
export interface Ga4Config {
  readonly project_id: string;
  /** `analytics_<property>`. */
  readonly dataset: string;
  /** Project that queries are billed to; default `project_id`. */
  readonly job_project_id?: string;
  /** Key file of a service account as JSON text; empty or absent takes the application default credentials. */
  readonly credentials_json?: string;
  /** First event date, `YYYY-MM-DD`; absent reads everything. */
  readonly start_date?: string;
  /** Days behind the newest daily table whose tables may still change. */
  readonly window_days: number;
  readonly include_intraday: boolean;
  /** In append mode: also tables that may still change. */
  readonly append_unsettled: boolean;
  readonly read_method: ReadMethod;
  /** Bound of one query, which is one day's table; bytes. */
  readonly maximum_bytes_billed?: number;
  /** Only these events; absent or empty takes all. */
  readonly event_names?: readonly string[];
  /** Root of the BigQuery API. */
  readonly base_url: string;
}
