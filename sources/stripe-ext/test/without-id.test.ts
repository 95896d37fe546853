import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, configured, read, requests } from './run-stripe.js';

describe('entries of a list without an id of text', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ users: 3, orders: 3, idleVisits: 0 });
  });
  afterEach(() => sandbox.close());

  const answer = (path: string, body: object): void => {
    const fault = { kind: 'status', status: 200, body: JSON.stringify(body), when: 'before' };
    sandbox.control.run('faults.add', { fault, match: { path }, count: 0 });
  };
  const list = (entry: object) => ({ object: 'list', data: [entry], has_more: true, url: '/v1/customers' });

  it.each([
    ['none', {}],
    ['a number', { id: 7 }],
    ['null', { id: null }],
    ['an empty text', { id: '' }],
  ])('STR-09 end the read with an error that names the list, not in a loop or left out: %s', async (_what, id) => {
    answer('/v1/customers', list({ object: 'customer', created: 1_724_000_000, ...id }));
    const { errors, exitCode, records } = await read(configFor(sandbox), [configured('customers', 'full_refresh')]);
    expect([exitCode, records.length]).toEqual([1, 0]);
    expect(errors[0]).toMatch(/Stripe for \/v1\/customers is not understood: an entry has no id/);
    // Naive variant: the entry is left out, and the page after "undefined" is the first page again, for ever.
    expect(requests(sandbox, '/v1/customers').length).toBeLessThan(10);
  });

  it('STR-09 the same for a list inside an object', async () => {
    const lines = {
      object: 'list',
      data: [{ object: 'line_item', id: 3 }],
      has_more: true,
      url: '/v1/invoices/in_1/lines',
    };
    const invoice = { id: 'in_1', object: 'invoice', created: 1_724_000_000, lines };
    answer('/v1/invoices', { object: 'list', data: [invoice], has_more: false, url: '/v1/invoices' });
    const { errors, exitCode } = await read(configFor(sandbox), [configured('invoices', 'full_refresh')]);
    expect(exitCode).toBe(1);
    expect(errors[0]).toMatch(/lines of in_1 is not understood: an entry has no id/);
  });

  it('a list that gives the same page over and over is PAGING_STUCK', async () => {
    answer('/v1/customers', list({ id: 'cus_1', object: 'customer', created: 1_724_000_000 }));
    const { errors, exitCode, text } = await read(configFor(sandbox), [configured('customers', 'full_refresh')]);
    expect([exitCode, text.includes('PAGING_STUCK')]).toEqual([1, true]);
    expect(errors[0]).toMatch(/pages of Stripe's \/v1\/customers would never end/);
  });
});
