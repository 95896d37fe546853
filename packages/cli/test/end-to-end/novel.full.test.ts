import fs from 'node:fs';
import path from 'node:path';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { expectGolden } from '@cuttle/testing';
import { NovelStack } from './novel-stack.js';
import { awkwardNovel, byKey, describeWithDbt, marts, type Subject, truthSuite } from './novel-subject.js';
import { NovelTruth } from './novel-truth.js';
import { inlineOfCalls, SNOWFLAKE_CALLS } from './snowflake-macros.js';
import { descendants } from './stack.js';

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

describeWithDbt('the Novel stack, awkward, day by day', () => {
  const subject = awkwardNovel();
  it('dbt makes its documentation of every model, without a warning about what it will drop', async () => {
    // Warnings are errors here; dbt exits with 2 then.
    const argv = ['--warn-error', 'docs', 'generate', '--no-partial-parse', '--show-all-deprecations'];
    const text = await subject().stack.dbt(argv);
    expect(text).toContain('Catalog written');
    expect(text).not.toMatch(/deprecat/i);
    const target = path.join(subject().stack.root, '.cuttle/dbt/novel/by-hand');
    const read = (file: string) => JSON.parse(fs.readFileSync(path.join(target, file), 'utf8'));
    const { nodes } = read('manifest.json') as {
      nodes: Record<string, { resource_type: string; description: string }>;
    };
    const models = Object.entries(nodes).filter(([, { resource_type: type }]) => type === 'model');
    expect(models.length).toBeGreaterThan(20);
    expect(models.filter(([, { description }]) => description === '').map(([id]) => id)).toEqual([]);
    expect(Object.keys(read('catalog.json').nodes)).toEqual(expect.arrayContaining(models.map(([id]) => id)));
  }, 60_000);
  it('BW-08 the write-back fills the field of each surprise order, and nothing is left to write', async () => {
    const { stack, truth, sandbox } = subject();
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
    const compiled = await subject().stack.dbt(['compile', '--quiet', '--inline', inlineOfCalls()]);
    expect(compiled.match(/^-- snowflake__/gm)).toHaveLength(SNOWFLAKE_CALLS.length);
    const folder = path.join(subject().stack.root, 'dbt/_shared/macros');
    const texts = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
    const macros = [...texts.join('\n').matchAll(/macro (snowflake__\w+)/g)].map((match) => match[1]!);
    for (const macro of macros) expect(compiled).toContain(`-- ${macro}(`);
    const lines = compiled.split('\n').map((line) => line.trimEnd());
    expectGolden(path.join(__dirname, '../golden/snowflake-macros.json'), lines);
  });
  it('a second day, its run killed in the syncs and resumed: refund, renamed user, edited order and late purchase arrive in the marts, once', async () => {
    const { stack, truth, sandbox } = subject();
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
      `select cast(refunded_amount as double), payment_status from marts.fact_order where order_id = '${orderId}'`,
    );
    expect(refunded).toEqual([1, 'partly refunded']);
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
    const conversions = await byKey(subject(), "select 'all', conversions from marts.fact_cost_conversion");
    expect(conversions.get('all')).toBe(truth.purchases.length + 1);
  }, 60_000);
  it('a failing dbt test names its rows, stops what depends on it, and ends with 1', async () => {
    const { stack, sandbox } = subject();
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
