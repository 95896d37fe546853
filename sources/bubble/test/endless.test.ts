import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, configured, read } from './run-bubble.js';

const TIME = '2024-05-01T00:00:00.000Z';

describe('a server that answers every page with the same rows', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2 });
  });
  afterEach(() => sandbox.close());

  // Naive variant: the next page is asked for as long as a page has rows, which is for ever.
  it.each([2, 100])('ends the read with PAGING_STUCK, pages of %i rows', async (count) => {
    const results = Array.from({ length: count }, (_, index) => ({
      _id: `1x${index}`,
      'Created Date': TIME,
      'Modified Date': TIME,
    }));
    const fault = { kind: 'status', status: 200, when: 'before', body: JSON.stringify({ response: { results } }) };
    sandbox.control.run('faults.add', { fault, match: { path: '/obj/order' }, count: 0 });
    const { exitCode, errors, text } = await read(configFor(sandbox), [configured('order')]);
    expect([exitCode, text.includes('PAGING_STUCK')]).toEqual([1, true]);
    expect(errors[0]).toMatch(/The pages of Bubble's type "order" would never end/);
  });
});
