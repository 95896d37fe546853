import type { JsonObject, StateMessage } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { isLong } from '@cuttle/testing';
import { configFor, dedup, fetchStripe, read } from './run-stripe.js';

const HISTORIES = isLong ? 150 : 6;
const STEPS = 14;
const DAY_MS = 86_400_000;

/** Streams with the object type, the path of one object and what is expanded. */
const STREAMS: Readonly<Record<string, readonly [string, string, string]>> = {
  charges: ['charge', 'charges', '?expand[]=refunds'],
  coupons: ['coupon', 'coupons', ''],
  customers: ['customer', 'customers', ''],
  invoice_items: ['invoiceitem', 'invoiceitems', ''],
  invoices: ['invoice', 'invoices', '?expand[]=discounts'],
  products: ['product', 'products', ''],
  refunds: ['refund', 'refunds', ''],
  subscriptions: ['subscription', 'subscriptions', ''],
};
const KINDS = ['charge', 'coupon', 'customer', 'invoice', 'invoiceitem', 'product', 'subscription'] as const;
const DELETABLE = ['coupon', 'customer', 'invoice', 'invoiceitem', 'product', 'subscription'] as const;

/** A small generator with a seed (mulberry32), so that a history that fails can be run again. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One random history: what happens at Stripe, and the table that the syncs fill. */
class History {
  readonly rows: Readonly<Record<string, JsonObject[]>>;
  readonly #sandbox: Sandbox;
  readonly #random: (below: number) => number;
  #states = new Map<string, StateMessage>();
  #names = 0;

  constructor(sandbox: Sandbox, seed: number) {
    this.#sandbox = sandbox;
    this.#random = randomFrom(seed);
    this.rows = Object.fromEntries([...Object.keys(STREAMS), 'invoice_line_items'].map((name) => [name, []]));
    sandbox.stripe.settings.eventSkewSeconds = this.#random(8);
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) {
      for (let changes = this.#random(6); changes > 0; changes -= 1) this.#change();
      if (this.#random(3) > 0) this.#disturb();
      await this.sync();
      this.#sandbox.control.run('faults.clear');
      this.#sandbox.control.run('scripts.clear');
      if (this.#random(8) === 0) await this.#skipMonth();
    }
    this.#advance(5 * 60_000);
    expect(await this.sync()).toBe(0);
  }

  /** One sync as a platform does it: rows are kept whatever the end, and the last state of each stream counts. */
  async sync(): Promise<number> {
    const config = configFor(this.#sandbox, {
      lookback_days: this.#random(2) * 2,
      reconcile_days: this.#random(3) === 0 ? 1 : 0,
      slice_days: 1 + this.#random(300),
      http_max_attempts: 2,
    });
    const now = this.#random(2) * 2_000_000_000_000;
    const outcome = await read(config, Object.keys(this.rows), [...this.#states.values()], { clock: () => now });
    for (const [stream, rows] of Object.entries(this.rows)) rows.push(...outcome.of(stream));
    for (const state of outcome.lastStates) this.#states.set(String(state.stream?.stream_descriptor.name), state);
    return outcome.exitCode;
  }

  #run(action: string, params: object): unknown {
    return this.#sandbox.control.run(action, { ...params, delayMs: this.#random(45_000) });
  }

  #pick(object: string): string | undefined {
    const all = this.#sandbox.control.run('stripe.all', { object }) as { id: string }[];
    return all[this.#random(Math.max(1, all.length))]?.id;
  }

  #advance(ms: number): void {
    this.#sandbox.control.clock.advance(ms);
  }

  #change(): void {
    this.#advance(this.#random(3) === 0 ? this.#random(DAY_MS) : this.#random(90_000));
    const kind = this.#random(10);
    if (kind < 3) this.#create();
    else if (kind < 6) this.#update(KINDS[this.#random(KINDS.length)]!);
    else if (kind < 7) this.#refund();
    else if (kind < 8) this.#addLine();
    else {
      const object = DELETABLE[this.#random(DELETABLE.length)]!;
      const id = this.#pick(object);
      const isCanceled =
        object === 'subscription' &&
        this.#sandbox.stripe.account.table(object).get(id ?? '')?.current['status'] === 'canceled';
      if (id !== undefined && !isCanceled) this.#run('stripe.remove', { object, id });
    }
  }

  #create(): void {
    const object = KINDS[this.#random(KINDS.length)]!;
    const id = `READ${this.#random(5)}`;
    // Ids of coupons are chosen by people, and are used again behind a deletion.
    const isTaken = this.#sandbox.stripe.account.table('coupon').get(id)?.isDeleted === false;
    if (object === 'coupon' && isTaken) return;
    this.#run('stripe.create', { object, values: object === 'coupon' ? { id } : {} });
  }

  #update(object: string): void {
    const id = this.#pick(object);
    this.#names += 1;
    const field = ['charge', 'customer', 'invoiceitem', 'product'].includes(object) ? 'description' : 'metadata';
    const value = field === 'metadata' ? { name: `${this.#names}` } : `${this.#names}`;
    if (id !== undefined) this.#run('stripe.update', { object, id, values: { [field]: value } });
  }

  #refund(): void {
    const id = this.#pick('charge');
    const charge = id === undefined ? undefined : this.#sandbox.stripe.account.table('charge').get(id)?.current;
    if (charge !== undefined && charge['refunded'] !== true) this.#run('stripe.refund', { charge: id, amount: 10 });
  }

  #addLine(): void {
    const invoice = this.#pick('invoice');
    if (invoice === undefined) return;
    const { account } = this.#sandbox.stripe;
    if (account.table('line_item').childrenOf('invoice', invoice).length >= 9) return;
    this.#run('stripe.create', { object: 'line_item', values: { invoice } });
    this.#run('stripe.update', { object: 'invoice', id: invoice, values: { description: `${this.#names}` } });
  }

  /** Something goes wrong or changes while the next sync reads. */
  #disturb(): void {
    const { control } = this.#sandbox;
    const kinds = [
      { kind: 'status', status: 500 },
      { kind: 'reset' },
      { kind: 'truncated_json' },
      { kind: 'status', status: 429, headers: { 'stripe-rate-limited-reason': 'endpoint-rate' } },
    ];
    const fault = kinds[this.#random(kinds.length)];
    const after = this.#random(40);
    if (this.#random(2) === 0)
      control.run('faults.add', { fault, match: { system: 'stripe' }, after, count: 1 + this.#random(6) });
    for (let count = this.#random(4); count > 0; count -= 1) {
      control.scripts.before(1 + this.#random(40), { system: 'stripe' }, () => this.#change());
    }
  }

  /** A deletion in a gap that outlasts the events is out of reach: those of before are read first, then only updates come. */
  async #skipMonth(): Promise<void> {
    this.#advance(5 * 60_000);
    expect(await this.sync()).toBe(0);
    for (let changes = this.#random(4); changes > 0; changes -= 1) {
      this.#advance(this.#random(DAY_MS));
      this.#update(KINDS[this.#random(KINDS.length)]!);
    }
    this.#advance((25 + this.#random(20)) * DAY_MS);
  }
}

/** The deduplicated table against Stripe: every object as it is now, and none that is gone without its mark. */
async function expectTruth(sandbox: Sandbox, history: History): Promise<void> {
  const isAlive = ({ id, is_deleted, object }: JsonObject) =>
    is_deleted !== true || (object === 'subscription' && id !== null);
  for (const [stream, [object, path, query]] of Object.entries(STREAMS)) {
    const table = dedup(history.rows[stream]!);
    const all = sandbox.control.run('stripe.all', { object }) as { id: string }[];
    const alive = [...table.values()].filter(isAlive).map(({ id }) => id);
    expect([stream, alive.sort()]).toEqual([stream, all.map(({ id }) => id).sort()]);
    for (const { id } of all) {
      const truth = await fetchStripe(sandbox, `${path}/${id}${query}`);
      const { is_deleted: _deleted, updated, ...row } = table.get(` ${id}`)!;
      expect([stream, 'updated' in truth ? { ...row, updated: truth['updated'] } : row]).toEqual([stream, truth]);
      expect([stream, id, Number(updated) > 0]).toEqual([stream, id, true]);
    }
  }
  const invoices = new Set(
    (sandbox.control.run('stripe.all', { object: 'invoice' }) as { id: string }[]).map(({ id }) => id),
  );
  const lines = (
    sandbox.control.run('stripe.all', { object: 'line_item' }) as { id: string; invoice: string }[]
  ).filter(({ invoice }) => invoices.has(invoice));
  const found = [...dedup(history.rows['invoice_line_items']!).values()].filter(isAlive).map(({ id }) => id);
  expect(found.sort()).toEqual(lines.map(({ id }) => id).sort());
}

describe('a random history', () => {
  it.each(
    Array.from({ length: HISTORIES }, (_, index) => index + 1),
  )('number %i, synced at random times with random faults: the deduplicated table equals what Stripe holds', async (seed) => {
    const sandbox = await startSandbox({ users: 3, orders: 4, idleVisits: 0 });
    try {
      const history = new History(sandbox, seed);
      await history.run();
      await expectTruth(sandbox, history);
    } finally {
      await sandbox.close();
    }
  }, 60_000);
});
