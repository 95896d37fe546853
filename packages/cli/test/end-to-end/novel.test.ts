import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { expectGolden, ROOT } from '@cuttle/testing';
import { NOVEL_DEFECTS } from './novel-defects.js';
import { hasDbt, NovelStack } from './novel-stack.js';
import { NovelTruth, sums } from './novel-truth.js';
import { inlineOfCalls, SNOWFLAKE_CALLS } from './snowflake-macros.js';
import { descendants } from './stack.js';

const describeWithDbt = hasDbt() ? describe : describe.skip;

/** A stack that has run, and what is true of its shop. */
interface Subject {
  readonly stack: NovelStack;
  readonly truth: NovelTruth;
  readonly sandbox: Sandbox;
}

/** Rows of (key parts..., number) as sums by key. */
async function byKey({ stack }: Subject, sql: string): Promise<ReadonlyMap<string, number>> {
  return sums(await stack.query(sql), (row) => [row.slice(0, -1).join(' '), Number(row.at(-1))]);
}

async function marts({ stack }: Subject): Promise<readonly unknown[]> {
  const tables = await stack.query("select table_name from duckdb_tables() where schema_name = 'marts' order by 1");
  return Promise.all(tables.map(([table]) => stack.query(`select * from marts.${String(table)} order by all`)));
}

/** Every published number against the facts of the generator. */
function truthSuite(subject: () => Subject): void {
  it('order_reporting: payment, amount and refund of each order are the right ones', async () => {
    const { stack, truth, sandbox } = subject();
    const rows = await stack.query(
      'select order_id, is_paid, cast(amount * 100 as integer), cast(refunded_amount * 100 as integer) from marts.order_reporting',
    );
    const found = new Map(rows.map(([id, isPaid, amount, refunded]) => [id, { isPaid, amount, refunded }]));
    expect(found.size).toBe(sandbox.shop.orders.length);
    for (const [id, { isPaid, amount, refunded }] of truth.orders) {
      expect([id, found.get(id)]).toEqual([id, { isPaid, amount, refunded }]);
    }
  });

  it('order_reporting: revenue by day and country is the right one', async () => {
    const sql = 'select created_date, country, cast(net_amount * 100 as integer) from marts.order_reporting';
    expect(await byKey(subject(), sql)).toEqual(subject().truth.netByDayAndCountry());
  });

  it('order_reporting_by_interest: the parts sum up to the net revenue', async () => {
    const sql = "select 'all', cast(weighted_revenue * 100 as integer) from marts.order_reporting_by_interest";
    const net = [...subject().truth.netByDayAndCountry().values()].reduce((sum, value) => sum + value, 0);
    expect(await byKey(subject(), sql)).toEqual(new Map([['all', net]]));
  });

  it('fact_cost_conversion: conversions and spend by day are the right ones', async () => {
    const { truth, sandbox } = subject();
    const table = 'from marts.fact_cost_conversion';
    expect(await byKey(subject(), `select date_day, source, medium, conversions ${table}`)).toEqual(
      truth.conversions(),
    );
    const spend = await byKey(subject(), `select date_day, cast(spend * 100 as integer) ${table}`);
    expect(spend).toEqual(truth.spend(sandbox));
  });

  it('fact_purchases_utm_monthly: revenue by campaign is the right one', async () => {
    const sql =
      'select month_start, source, medium, campaign, cast(revenue * 100 as integer) from marts.fact_purchases_utm_monthly';
    expect(await byKey(subject(), sql)).toEqual(subject().truth.utmRevenue());
  });

  it('recommendation: each surprise order gets the interest of its buyer that was ordered most', async () => {
    const rows = await subject().stack.query('select order_id, interest_name from marts.recommendation');
    expect(new Map(rows as [string, string][])).toEqual(subject().truth.recommendations());
    expect(rows.length).toBeGreaterThan(40);
  });
}

describeWithDbt('the Novel stack, published, by cuttle demo', () => {
  let sandbox: Sandbox;
  let subject: Subject;
  beforeAll(async () => {
    // The demo starts stand-ins of its own; these hold the same shop.
    sandbox = await startSandbox();
    const stack = new NovelStack(sandbox);
    subject = { sandbox, stack, truth: new NovelTruth(sandbox.shop) };
    const { code, stderr } = await stack.process(['demo', '--json']);
    if (code !== 0) throw new Error(stderr);
  }, 120_000);
  afterAll(async () => {
    await sandbox?.close();
    subject?.stack.remove();
  });

  truthSuite(() => subject);

  it('R0-04 snapshot_key_is_unique: a second demo reads no event again, adds no version and changes no mart', async () => {
    const before = await marts(subject);
    const { code, stdout } = await subject.stack.process(['demo', '--json']);
    expect(code).toBe(0);
    const streams: { destination: { name: string }; records: number }[] = JSON.parse(stdout).runs.flatMap(
      (run: { streams: object[] }) => run.streams,
    );
    const records = new Map(streams.map(({ destination, records }) => [destination.name, records]));
    expect(records.get('bubble_order')).toBe(subject.sandbox.shop.orders.length);
    expect(records.get('ga4_bigquery_events')).toBe(0);
    expect(await marts(subject)).toEqual(before);
    const users = String(subject.sandbox.shop.users.length);
    expect(await subject.stack.query('select count(*), count(distinct user_id) from historical.snap_user')).toEqual([
      [users, users],
    ]);
  }, 60_000);
});

describeWithDbt('the Novel stack, awkward', () => {
  let sandbox: Sandbox;
  let subject: Subject;
  beforeAll(async () => {
    sandbox = await startSandbox({ scenario: 'awkward' });
    const stack = new NovelStack(sandbox);
    subject = { sandbox, stack, truth: new NovelTruth(sandbox.shop) };
    stack.setClock('2024-09-01T08:05:00Z');
    const { out } = await stack.succeed(['run', 'novel']);
    expect(out).toMatch(/transform dbt\/novel: succeeded, \d+ passed in/);
    expect(out).toMatch(/report novel: succeeded, 11 cards into \.cuttle\/report\/novel\.html/);
  }, 120_000);
  afterAll(async () => {
    await sandbox?.close();
    subject?.stack.remove();
  });

  truthSuite(() => subject);

  it.each(
    NOVEL_DEFECTS.map((defect) => [`${defect.id} ${defect.name}`, defect] as const),
  )('%s: ours has it not, the published SQL has it', async (_name, { check, ours, naive }) => {
    expect(await subject.stack.query(check.replaceAll('{relation}', ours))).toEqual([]);
    expect(await subject.stack.query(check.replaceAll('{relation}', naive))).not.toEqual([]);
  });

  it('R0-06 surprise_novel_by_title, and every other unit test of a defect, passed', () => {
    const file = path.join(subject.stack.root, '.cuttle/dbt/novel/target/run_results.json');
    const { results } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      results: { unique_id: string; status: string }[];
    };
    const units = results.filter(({ unique_id: id }) => /^unit_test\..*\.R0_/.test(id));
    expect(units.map(({ unique_id: id, status }) => [id.split('.').at(-1), status]).sort()).toEqual([
      ['R0_03_order_reporting_keeps_revenue', 'pass'],
      ['R0_05_spend_without_purchase_is_kept', 'pass'],
      ['R0_06_surprise_novel_by_title', 'pass'],
      ['R0_07_surprise_orders_do_not_count', 'pass'],
    ]);
  });

  it('R0-09 every_file_parses: each compiled model does, and one with a stray character does not', async () => {
    const folder = path.join(subject.stack.root, '.cuttle/dbt/novel/target/compiled/novel/models');
    const files = fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^\w+\/\w+\.sql$/.test(name));
    expect(files.length).toBe(27);
    const parses = async (sql: string): Promise<unknown> => {
      const [[answer] = []] = await subject.stack.query(`select json_serialize_sql('${sql.replaceAll("'", "''")}')`);
      return JSON.parse(String(answer)).error;
    };
    for (const name of files) {
      const sql = fs.readFileSync(path.join(folder, name), 'utf8');
      expect([name, await parses(sql)]).toEqual([name, false]);
    }
    expect(await parses(`${fs.readFileSync(path.join(folder, files[0]!), 'utf8')} )`)).toBe(true);
  });

  it('dbt makes its documentation of every model, without a warning about what it will drop', async () => {
    // Warnings are errors here; dbt exits with 2 then.
    const argv = ['--warn-error', 'docs', 'generate', '--no-partial-parse', '--show-all-deprecations'];
    const text = await subject.stack.dbt(argv);
    expect(text).toContain('Catalog written');
    expect(text).not.toMatch(/deprecat/i);
    const target = path.join(subject.stack.root, '.cuttle/dbt/novel/by-hand');
    const read = (file: string) => JSON.parse(fs.readFileSync(path.join(target, file), 'utf8'));
    const { nodes } = read('manifest.json') as {
      nodes: Record<string, { resource_type: string; description: string }>;
    };
    const models = Object.entries(nodes).filter(([, { resource_type: type }]) => type === 'model');
    expect(models.length).toBeGreaterThan(20);
    expect(models.filter(([, { description }]) => description === '').map(([id]) => id)).toEqual([]);
    expect(Object.keys(read('catalog.json').nodes)).toEqual(expect.arrayContaining(models.map(([id]) => id)));
  }, 60_000);

  it('the diagram of the star schema in the documentation is that of the manifest', () => {
    const check = (manifest: string) =>
      spawnSync(process.execPath, [path.join(ROOT, 'ci', 'star-schema.js'), manifest, '--check']).status;
    const manifest = path.join(subject.stack.root, '.cuttle/dbt/novel/target/manifest.json');
    expect(check(manifest)).toBe(0);
    const other = path.join(subject.stack.root, 'other-manifest.json');
    fs.writeFileSync(other, fs.readFileSync(manifest, 'utf8').replaceAll('novel_key', 'book_key'));
    expect(check(other)).toBe(1);
  });

  it('the dashboard shows the numbers of the warehouse', async () => {
    const { stack } = subject;
    const file = path.join(stack.root, '.cuttle/report/novel.json');
    const { cards } = JSON.parse(fs.readFileSync(file, 'utf8')) as { cards: { id: string; rows: unknown[][] }[] };
    const total = (id: string, column: number): number =>
      cards.find((card) => card.id === id)!.rows.reduce((sum, row) => sum + Math.round(Number(row[column]) * 100), 0);
    const net = [...subject.truth.netByDayAndCountry().values()].reduce((sum, value) => sum + value, 0);
    for (const [id, column] of [
      ['net_revenue', 1],
      ['revenue_by_status', 2],
      ['revenue_by_gender', 2],
      ['revenue_by_interest', 1],
    ] as const) {
      expect([id, total(id, column)]).toEqual([id, net]);
    }
    expect(total('orders_by_country', 2)).toBe(sandbox.shop.orders.length * 100);
    const html = fs.readFileSync(path.join(stack.root, '.cuttle/report/novel.html'), 'utf8');
    expect(html.match(/<section /g)).toHaveLength(cards.length);
    expect(html).not.toContain('No rows.');
    const { code, out } = await stack.cuttle(['report', 'novel', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).actions[0].detail.dashboards[0].cards).toEqual(cards);
  });

  it('BW-08 the write-back fills the field of each surprise order, and nothing is left to write', async () => {
    const { stack, truth } = subject;
    const things = (): ReadonlyMap<string, unknown> =>
      new Map(
        (sandbox.control.run('bubble.ids', { type: 'order' }) as string[]).flatMap((id): [string, unknown][] => {
          const { values } = sandbox.control.run('bubble.get', { type: 'order', id }) as { values: object };
          return 'recommended_interest_text' in values ? [[id, values.recommended_interest_text]] : [];
        }),
      );
    expect(things()).toEqual(truth.recommendations());
    await stack.succeed(['run', 'bubble to duckdb']);
    await stack.succeed(['transform', 'novel']);
    expect(await stack.query('select * from marts.rev_recommendation_to_bubble')).toEqual([]);
    const raw = await stack.query(
      'select _id, recommended_interest from RAW.bubble_order where recommended_interest is not null',
    );
    expect(new Map(raw as [string, string][])).toEqual(truth.recommendations());
  }, 60_000);

  it('the Snowflake text of each macro that differs is the one that was read', async () => {
    const compiled = await subject.stack.dbt(['compile', '--quiet', '--inline', inlineOfCalls()]);
    expect(compiled.match(/^-- snowflake__/gm)).toHaveLength(SNOWFLAKE_CALLS.length);
    const folder = path.join(subject.stack.root, 'dbt/_shared/macros');
    const texts = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
    const macros = [...texts.join('\n').matchAll(/macro (snowflake__\w+)/g)].map((match) => match[1]!);
    for (const macro of macros) expect(compiled).toContain(`-- ${macro}(`);
    const lines = compiled.split('\n').map((line) => line.trimEnd());
    expectGolden(path.join(__dirname, '../golden/snowflake-macros.json'), lines);
  });

  it('functions that differ between the warehouses stand in the shared macros only', () => {
    const folder = path.join(subject.stack.root, 'dbt/novel');
    const files = fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /^(models|snapshots|tests|macros)\/.*\.sql$/.test(name));
    expect(files.length).toBeGreaterThan(27);
    const foreign =
      /\b(json_extract\w*|unnest|from_json|strptime|try_strptime|epoch_ms|make_timestamp|isoyear|get_path|flatten|to_timestamp\w*|convert_timezone|yearofweekiso|weekiso|generator|iff|nvl|dateadd|parse_json)\s*\(/i;
    const found = files.filter((name) => foreign.test(fs.readFileSync(path.join(folder, name), 'utf8')));
    expect(found).toEqual([]);
  });

  it('a second day, its run killed in the syncs and resumed: refund, renamed user, edited order and late purchase arrive in the marts, once', async () => {
    const { stack, truth } = subject;
    const { control, shop } = sandbox;
    control.clock.set('2024-09-02T08:00:00.000Z');
    stack.setClock('2024-09-02T08:05:00Z');
    const [user] = shop.users;
    const [orderId] = [...truth.orders].find(([, { isPaid, refunded }]) => isPaid && refunded === 0)!;
    const charge = shop.charges.find(
      ({ description, status }) => status === 'succeeded' && description?.endsWith(orderId),
    );
    const pending = shop.orders.find(({ status }) => status === 'pending')!;
    control.run('bubble.update', { type: 'user', id: user!.id, values: { 'First Name': 'Renamed' } });
    control.run('bubble.update', { type: 'order', id: pending.id, values: { status: 'done' } });
    control.run('stripe.refund', { charge: charge!.id, amount: 100 });
    const table = 'events_20240831';
    const rows = control.run('bigquery.rows', { table }) as Record<string, unknown>[];
    const purchase = rows.find((row) => row['event_name'] === 'purchase')!;
    const ecommerce = { ...(purchase['ecommerce'] as object), transaction_id: 'late' };
    control.run('bigquery.append', { table, rows: [{ ...purchase, ecommerce, event_bundle_sequence_id: '77' }] });
    await stack.killed(['run', 'novel'], (pid) => descendants(pid, 'destinations/duckdb').length > 1);
    await stack.succeed(['run', 'novel', '--resume']);
    const [refunded] = await stack.query(
      `select cast(refunded_amount as varchar), payment_status from marts.fact_order where order_id = '${orderId}'`,
    );
    expect(refunded).toEqual(['1.00', 'partly refunded']);
    const names = await stack.query(
      `select first_name, is_current from marts.dim_user_scd where user_id = '${user!.id}' order by valid_from`,
    );
    expect(names).toEqual([
      [user!.firstName, false],
      ['Renamed', true],
    ]);
    expect(await stack.query(`select status from marts.order_reporting where order_id = '${pending.id}'`)).toEqual([
      ['done'],
    ]);
    const conversions = await byKey(subject, "select 'all', conversions from marts.fact_cost_conversion");
    expect(conversions.get('all')).toBe(truth.purchases.length + 1);
  }, 60_000);

  it('a failing dbt test names its rows, stops what depends on it, and ends with 1', async () => {
    const { stack } = subject;
    const [category] = sandbox.shop.categories;
    await stack.query(`update RAW.bubble_category set name = 'poetry' where _id = '${category!.id}'`);
    const before = await stack.query('select * from marts.recommendation order by all');
    const report = path.join(stack.root, '.cuttle/report/novel.html');
    const published = fs.readFileSync(report, 'utf8');
    const { code, out } = await stack.cuttle(['transform', 'novel']);
    expect(code).toBe(1);
    expect(out).toMatch(/transform dbt\/novel: failed, \d+ passed, 1 failed, \d+ skipped/);
    expect(out).toMatch(
      /fail test accepted_values_stg_bubble__categories\S*: Got 1 result[^\n]*\n[^\n]*value_field[^\n]*\n[^\n]*\n *poetry/,
    );
    expect(await stack.query('select * from marts.recommendation order by all')).toEqual(before);
    expect(fs.readFileSync(report, 'utf8')).toBe(published);
  }, 60_000);
});
