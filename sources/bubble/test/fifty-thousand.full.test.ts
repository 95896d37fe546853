import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, configured, fetchThings, read } from './run-bubble.js';

const ITEM = { name: 'item', display: 'Item', fields: [{ id: 'title_text', display: 'Title', type: 'text' }] };

/** At the true size of Bubble's limits; 500 requests each. */
describe('50,001 rows', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2 });
    sandbox.control.run('bubble.define', { definition: ITEM });
  });
  afterEach(() => sandbox.close());

  const seed = (count: number, stepMs: number) =>
    sandbox.control.run('bubble.seed', { type: 'item', count, created: '2024-05-01T00:00:00.000Z', stepMs });

  it('BUB-01 are read whole (naive variant: paging by offset gets nothing beyond 50,000)', async () => {
    seed(50_001, 1);
    const { ids, exitCode } = await read(configFor(sandbox), [configured('item')]);
    expect([exitCode, ids.length, new Set(ids).size]).toEqual([0, 50_001, 50_001]);
    const beyond = await fetchThings(sandbox, 'item', { limit: '100', cursor: '50000', sort_field: 'Modified Date' });
    expect(beyond).toEqual([]);
  });

  it('BUB-04 more rows of one millisecond than a search reaches: the error names type and time (naive variant: an empty page passes for the end)', async () => {
    seed(50_001, 0);
    const { errors, exitCode, messages } = await read(configFor(sandbox), [configured('item')]);
    expect(exitCode).toBe(1);
    expect(errors).toEqual([expect.stringMatching(/"item".*50,000.*2024-05-01T00:00:00\.000Z/)]);
    const states = messages.flatMap((message) =>
      message.type === 'STATE' ? [message.state.stream?.stream_state] : [],
    );
    for (const state of states) expect(state).toMatchObject({ modified: '2024-05-01T00:00:00.000Z', ids: [] });
    const beyond = await fetchThings(sandbox, 'item', { limit: '100', cursor: '50000', sort_field: 'Modified Date' });
    expect(beyond).toEqual([]);
  });
});
