import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { hasDbt, NovelStack } from './novel-stack.js';
import { NovelTruth, sums } from './novel-truth.js';

export const describeWithDbt = hasDbt() ? describe : describe.skip;

/** A stack that has run, and what is true of its shop. */
export interface Subject {
  readonly stack: NovelStack;
  readonly truth: NovelTruth;
  readonly sandbox: Sandbox;
}

/** Rows of (key parts..., number) as sums by key. */
export async function byKey({ stack }: Subject, sql: string): Promise<ReadonlyMap<string, number>> {
  return sums(await stack.query(sql), (row) => [row.slice(0, -1).join(' '), Number(row.at(-1))]);
}

export async function marts({ stack }: Subject): Promise<readonly unknown[]> {
  const tables = await stack.query("select table_name from duckdb_tables() where schema_name = 'marts' order by 1");
  return Promise.all(tables.map(([table]) => stack.query(`select * from marts.${String(table)} order by all`)));
}

/** Every published number against the facts of the generator. */
export function truthSuite(subject: () => Subject): void {
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

/** The awkward shop, run once by `cuttle run novel`, for the tests of a block. */
export function awkwardNovel(): () => Subject {
  let subject: Subject;
  beforeAll(async () => {
    const sandbox = await startSandbox({ scenario: 'awkward' });
    const stack = new NovelStack(sandbox);
    subject = { sandbox, stack, truth: new NovelTruth(sandbox.shop) };
    stack.setClock('2024-09-01T08:05:00Z');
    const { out } = await stack.succeed(['run', 'novel']);
    expect(out).toMatch(/transform dbt\/novel: succeeded, \d+ passed in/);
    expect(out).toMatch(/report novel: succeeded, 11 cards into \.cuttle\/report\/novel\.html/);
  }, 240_000);
  afterAll(async () => {
    await subject?.sandbox.close();
    subject?.stack.remove();
  });
  return () => subject;
}
