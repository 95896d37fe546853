import fs from 'node:fs';

/** A model, seed, snapshot or test that failed, or a test that warned. */
export interface DbtFinding {
  /** `model`, `test`, `unit_test`, `snapshot` or `seed`. */
  readonly kind: string;
  readonly name: string;
  readonly status: 'error' | 'fail' | 'warn';
  readonly message: string;
  /** Rows that a test found; undefined for other findings. */
  readonly rows?: number;
  /** The query that gives these rows. */
  readonly sql?: string;
}

/** What dbt says about a run. */
export interface DbtResults {
  readonly passed: number;
  readonly skipped: number;
  readonly findings: readonly DbtFinding[];
}

/** The members of `run_results.json` (schema v6) that are read. */
interface RawResult {
  readonly status: string;
  readonly unique_id: string;
  readonly message: string | null;
  readonly failures: number | null;
  readonly compiled_code: string | null;
}

/** Reads dbt's `run_results.json`; undefined when dbt wrote none, because it failed before it ran anything. */
export function readDbtResults(file: string): DbtResults | undefined {
  if (!fs.existsSync(file)) return undefined;
  const { results } = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly results: readonly RawResult[] };
  return {
    passed: results.filter(({ status }) => status === 'success' || status === 'pass').length,
    skipped: results.filter(({ status }) => status === 'skipped').length,
    findings: results.flatMap((result) => finding(result) ?? []),
  };
}

function finding(result: RawResult): DbtFinding | undefined {
  const status = (['error', 'fail', 'warn'] as const).find((word) => word === result.status);
  if (status === undefined) return undefined;
  const [kind, , name] = result.unique_id.split('.');
  const isDataTest = kind === 'test' && status !== 'error';
  return {
    kind: kind ?? '',
    name: name ?? result.unique_id,
    status,
    message: (result.message ?? '').trim(),
    ...(isDataTest && result.failures !== null ? { rows: result.failures } : {}),
    ...(isDataTest && result.compiled_code !== null ? { sql: result.compiled_code } : {}),
  };
}
