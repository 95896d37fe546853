import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { exported, type RunResult, read, records } from './harness.js';

const folder = join(process.env['CUTTLE_DATA_DIR'] ?? join(__dirname, '../../../../shared/data'), 'ga4');
const hasData = existsSync(folder);
const isRequired = (process.env['CUTTLE_REQUIRE'] ?? '').split(',').includes('data');
if (!hasData && !isRequired) console.warn(`Skipped: the GA4 sample is not at ${folder}.`);
const whenThere = hasData || isRequired ? describe : describe.skip;

/** INT64 fields, which the files hold as texts. */
const INTEGERS = new Set([
  'event_timestamp',
  'event_previous_timestamp',
  'event_bundle_sequence_id',
  'event_server_timestamp_offset',
  'user_first_touch_timestamp',
  'int_value',
  'set_timestamp_micros',
  'time_zone_offset_seconds',
  'total_item_quantity',
  'unique_items',
  'quantity',
]);

function fileRows(): JsonObject[] {
  const revive = (key: string, value: unknown): unknown =>
    INTEGERS.has(key) && typeof value === 'string' ? Number(value) : value;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl.gz'))
    .sort()
    .flatMap((name) =>
      gunzipSync(readFileSync(join(folder, name)))
        .toString('utf8')
        .split('\n'),
    )
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line, revive) as JsonObject);
}

/** Records of a real table have every column of the schema; what the file leaves out is null there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(kept.map(([name, part]) => [name, withoutNulls(part)]));
}

const byTime = (a: JsonObject, b: JsonObject): number =>
  Number(a['event_timestamp']) - Number(b['event_timestamp']) ||
  String(a['user_pseudo_id']).localeCompare(String(b['user_pseudo_id'])) ||
  String(a['event_name']).localeCompare(String(b['event_name']));

whenThere('the seven days of the public sample', () => {
  let sandbox: Sandbox;
  let result: RunResult;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 1, orders: 0, idleVisits: 0 });
    expect(sandbox.control.run('bigquery.load_files', { dataset: 'analytics_sample', folder })).toBe(1_545);
    sandbox.control.run('bigquery.settings', { maxPageRows: 100 });
    result = await read(sandbox, { config: { dataset: 'analytics_sample' } });
  });

  afterAll(() => sandbox.close());

  it('GA-18 come out row for row: 1,545 in 7 shards', () => {
    expect(result.exitCode).toBe(0);
    const rows = records(result).sort(byTime).map(exported).map(withoutNulls);
    expect(rows).toHaveLength(1_545);
    expect(rows).toEqual(fileRows().sort(byTime).map(withoutNulls));
  });

  it('GA-18 have an id each', () => {
    expect(new Set(records(result).map((row) => row['_event_id'])).size).toBe(1_545);
  });

  it('GA-14 keep null structs and empty lists', () => {
    const rows = records(result);
    expect(rows.every((row) => row['app_info'] === null && row['event_dimensions'] === null)).toBe(true);
    expect(rows.every((row) => JSON.stringify(row['user_properties']) === '[]')).toBe(true);
  });

  it('GA-15 pass "(not set)" through: 260 rows', () => {
    const ids = records(result).map((row) => (row['ecommerce'] as JsonObject | null)?.['transaction_id']);
    expect(ids.filter((id) => id === '(not set)')).toHaveLength(260);
  });

  it('GA-06 keep the type that a parameter has in its row', () => {
    const kinds: Record<string, number> = {};
    for (const row of records(result)) {
      for (const { key, value } of row['event_params'] as unknown as { key: string; value: JsonObject }[]) {
        if (key !== 'session_engaged') continue;
        const kind = Object.keys(value).find((name) => value[name] !== null) ?? 'none';
        kinds[kind] = (kinds[kind] ?? 0) + 1;
      }
    }
    expect(kinds).toEqual({ string_value: 1_313, int_value: 118 });
  });

  it('GA-03 keep bundle ids beyond 32 bits', () => {
    const ids = records(result).map((row) => Number(row['event_bundle_sequence_id']));
    expect(Math.max(...ids.map(Math.abs))).toBeGreaterThan(2 ** 32);
    expect(ids.filter((id) => id < 0)).toHaveLength(784);
  });
});
