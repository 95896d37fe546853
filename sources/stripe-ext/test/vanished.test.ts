import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { ListHistory } from '../src/list-history.js';
import type { StripeObject } from '../src/stripe-client.js';
import { make } from './fill.js';
import { configFor, dedup, fetchStripe, read } from './run-stripe.js';

const seconds = (sandbox: Sandbox) => Math.floor(sandbox.control.clock.now() / 1000);

describe('children that vanish from the list of their parent', () => {
  let sandbox: Sandbox;
  const config = (extra: object = {}) => configFor(sandbox, { lookback_days: 0, ...extra });

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2, idleVisits: 0 });
  });
  afterEach(() => sandbox.close());

  const run = (action: string, params: object = {}) => sandbox.control.run(action, params as JsonObject);
  const minutes = (count: number) => sandbox.control.clock.advance(count * 60_000);
  const removeItem = (id: string, extra: object = {}) =>
    run('stripe.remove', { object: 'subscription_item', id, ...extra });
  const cancel = (id: string) => run('stripe.remove', { object: 'subscription', id });

  /** A subscription with items as an earlier sync loaded them. */
  async function loaded(count: number) {
    const subscription = make(sandbox, 'subscription', {}, '2024-08-01T00:00:00Z');
    const items = Array.from({ length: count }, () => make(sandbox, 'subscription_item', { subscription }));
    minutes(5);
    const first = await read(config(), ['subscription_items']);
    minutes(5);
    return { subscription, items, first };
  }

  it.each([
    0, 2,
  ])('an item that was removed before its subscription was canceled (lookback of %i days)', async (lookback_days) => {
    const { subscription, items, first } = await loaded(2);
    const [gone = '', left = ''] = items;
    removeItem(gone);
    const removedAt = seconds(sandbox);
    minutes(60);
    cancel(subscription);
    const canceledAt = seconds(sandbox);
    minutes(5);
    const second = await read(config({ lookback_days }), ['subscription_items'], first.lastStates);
    const table = dedup([...first.records, ...second.records]);
    expect(table.get(` ${gone}`)).toMatchObject({ is_deleted: true, updated: removedAt, subscription, quantity: 1 });
    expect(table.get(` ${left}`)).toMatchObject({ is_deleted: true, updated: canceledAt, subscription });
    // Naive: the rows of the newest event's list, as the design without lists takes them.
    const { data } = await fetchStripe(sandbox, 'events?type=customer.subscription.deleted');
    const [event] = data as unknown as { data: { object: { items: { data: { id: string }[] } } } }[];
    expect(event?.data.object.items.data.map(({ id }) => id)).toEqual([left]);
  });

  it('an item that is removed, and nothing else happens; a second sync says nothing more', async () => {
    const { items, first } = await loaded(3);
    removeItem(items[1] as string);
    const removedAt = seconds(sandbox);
    minutes(5);
    const second = await read(config(), ['subscription_items'], first.lastStates);
    const rows = second.records.map(({ id, updated, is_deleted }) => [id, updated, is_deleted]);
    expect(rows).toContainEqual([items[1], removedAt, true]);
    expect(rows.filter(([, , isDeleted]) => isDeleted === true)).toHaveLength(1);
    minutes(5);
    expect((await read(config(), ['subscription_items'], second.lastStates)).records).toEqual([]);
  });

  it('a list of more than ten: items that no event shows are told by the list itself', async () => {
    const { subscription, items, first } = await loaded(14);
    const [oldest = '', newest = ''] = [items[0], items[13]];
    removeItem(newest);
    minutes(5);
    const second = await read(config(), ['subscription_items'], first.lastStates);
    expect(second.records.filter(({ is_deleted }) => is_deleted === true).map(({ id }) => id)).toEqual([newest]);
    expect(new Set(second.ids)).toEqual(new Set(items));
    minutes(5);
    cancel(subscription);
    minutes(5);
    const third = await read(config(), ['subscription_items'], second.lastStates);
    const table = dedup([...first.records, ...second.records, ...third.records]);
    expect(items.filter((id) => table.get(` ${id}`)?.['is_deleted'] !== true)).toEqual([]);
    expect(table.get(` ${oldest}`)).toMatchObject({ updated: seconds(sandbox) - 300 });
  });

  it.each([
    ['invoice_line_items', 'invoice', 'line_item', 'invoice', 'invoice_id'],
    ['credit_note_line_items', 'credit_note', 'credit_note_line_item', 'credit_note', 'credit_note_id'],
    ['transfer_reversals', 'transfer', 'transfer_reversal', 'transfer', 'transfer'],
    ['application_fees_refunds', 'application_fee', 'fee_refund', 'fee', 'fee'],
  ])('%s', async (stream, object, inner, field, column) => {
    const parent = make(sandbox, object, {}, '2024-08-01T00:00:00Z');
    const [gone = '', left = ''] = [1, 2].map(() => make(sandbox, inner, { [field]: parent }));
    minutes(5);
    const first = await read(config(), [stream]);
    minutes(5);
    run('stripe.remove', { object: inner, id: gone });
    const removedAt = seconds(sandbox);
    minutes(5);
    const second = await read(config(), [stream], first.lastStates);
    const table = dedup([...first.records, ...second.records]);
    expect(table.get(` ${gone}`)).toMatchObject({ is_deleted: true, updated: removedAt, [column]: parent });
    expect(table.get(` ${left}`)).toMatchObject({ is_deleted: false });
  });

  it('a line that is removed before its invoice is deleted; lines that the event does not show give a warning', async () => {
    const invoice = make(sandbox, 'invoice', {}, '2024-08-01T00:00:00Z');
    const lines = Array.from({ length: 13 }, () => make(sandbox, 'line_item', { invoice }));
    minutes(5);
    const first = await read(config(), ['invoice_line_items']);
    minutes(5);
    run('stripe.remove', { object: 'line_item', id: lines[12] });
    minutes(5);
    run('stripe.remove', { object: 'invoice', id: invoice });
    minutes(5);
    const second = await read(config(), ['invoice_line_items'], first.lastStates);
    const deleted = second.records.filter(({ is_deleted }) => is_deleted === true).map(({ id }) => id);
    expect(new Set(deleted)).toEqual(new Set(lines.slice(2)));
    expect(second.logs).toContainEqual(expect.stringContaining(`${invoice} is deleted. Stripe shows only the first`));
  });

  it('the emulator tells of it as Stripe does: by the event of the parent, by its own API too', async () => {
    const { subscription, items } = await loaded(2);
    const headers = { authorization: `Bearer ${sandbox.stripe.key}` };
    const url = `${sandbox.stripe.baseUrl}/v1/subscription_items/${items[0]}`;
    const answer = await fetch(url, { method: 'DELETE', headers });
    expect(await answer.json()).toEqual({ id: items[0], object: 'subscription_item', deleted: true });
    const { data } = await fetchStripe(sandbox, 'events?type=customer.subscription.updated');
    expect(data).toEqual([
      expect.objectContaining({
        data: {
          object: expect.objectContaining({ id: subscription, items: expect.objectContaining({ total_count: 1 }) }),
          previous_attributes: { items: expect.objectContaining({ total_count: 2 }) },
        },
      }),
    ]);
  });
});

describe('ListHistory', () => {
  const event = (id: string, ids: readonly string[], before?: readonly string[], more = false) => {
    const list = (own: readonly string[]) => ({
      data: own.map((entry) => ({ id: entry, kept: entry })),
      has_more: more,
    });
    const object = { id: 'parent', items: list(ids) };
    const previous = before === undefined ? {} : { previous_attributes: { items: list(before) } };
    return { id, data: { object, ...previous } } as unknown as StripeObject;
  };
  const history = (events: readonly (readonly [number, StripeObject])[]) => {
    const lists = new ListHistory('items');
    for (const [at, own] of events) {
      lists.add(own, (own['data'] as JsonObject)['object'] as unknown as StripeObject, at);
    }
    return lists.vanished('parent').map(({ id, at, entry }) => [id, at, entry?.['kept']]);
  };

  it('compares the lists of events where none says what was before, in whatever order days are read', () => {
    const events = [
      [9, event('e9', ['b'])],
      [8, event('e8', ['b'])],
      [7, event('e7', ['b'])],
      [3, event('e3', ['a', 'b'])],
      [2, event('e2', ['a', 'b'])],
      [1, event('e1', ['a', 'b', 'c'])],
    ] as const;
    const wanted = [
      ['c', 2, undefined],
      ['a', 7, undefined],
    ];
    expect(history(events)).toEqual(wanted);
    expect(history([...events.slice(3), ...events.slice(0, 3)])).toEqual(wanted);
  });

  it('of two events of one second the one that is listed first is the newer', () => {
    expect(
      history([
        [5, event('new', ['b'])],
        [5, event('old', ['a', 'b'], ['a', 'b', 'x'])],
      ]),
    ).toEqual([
      ['a', 5, undefined],
      ['x', 5, 'x'],
    ]);
  });

  it('a list that is cut off proves nothing by itself: the newest event is the time, the list decides', () => {
    expect(
      history([
        [9, event('e9', ['c'], undefined, true)],
        [4, event('e4', ['a', 'c'], undefined, true)],
      ]),
    ).toEqual([['a', 9, undefined]]);
  });

  it('what comes back is not gone', () => {
    expect(
      history([
        [9, event('e9', ['a'])],
        [5, event('e5', [], ['a'])],
      ]),
    ).toEqual([]);
  });
});
