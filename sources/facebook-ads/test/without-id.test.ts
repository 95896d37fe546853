import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, read } from './run-facebook.js';

describe('rows of a list that are not what they should be', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ users: 3, orders: 3 });
  });
  afterEach(() => sandbox.close());

  it.each([
    ['without id', { name: 'x' }, /row of campaigns of account .* without an id/],
    ['that is no object', 'x', /campaigns has a row that is no object/],
  ])('a row %s ends the read with an error that names the list', async (_what, row, message) => {
    const fault = { kind: 'status', status: 200, when: 'before', body: JSON.stringify({ data: [row] }) };
    sandbox.control.run('faults.add', { fault, match: { path: '/campaigns' }, count: 0 });
    const { exitCode, errors, records } = await read(sandbox, configFor(sandbox), ['campaigns']);
    expect([exitCode, records.length]).toEqual([1, 0]);
    expect(errors[0]).toMatch(message);
  });

  it('the same page behind ever new links ends the read with PAGING_STUCK', async () => {
    let page = 0;
    const body = (): string => {
      page += 1;
      const next = `${sandbox.facebook.baseUrl}/v24.0/act_${sandbox.facebook.accountId}/campaigns?after=${page}`;
      return JSON.stringify({ data: [{ id: '1', name: 'x' }], paging: { next } });
    };
    const add = (): void => {
      const fault = { kind: 'status', status: 200, when: 'before', body: body() };
      sandbox.control.run('faults.add', { fault, match: { path: '/campaigns' }, count: 1 });
    };
    for (let count = 0; count < 5; count += 1) add();
    const { exitCode, text } = await read(sandbox, configFor(sandbox), ['campaigns']);
    expect([exitCode, text.includes('PAGING_STUCK')]).toEqual([1, true]);
  });
});
