import { airbyteContract } from '@cuttle/testing';

const check = airbyteContract();

// Every bench of this folder checks all requests of its client by these documents, when they are there.
(check === undefined ? describe.skip : describe)("Airbyte's API documents (beside the repository)", () => {
  const ask = (method: string, path: string, body?: object, contentType = 'application/json'): readonly string[] => {
    const [route = '', query = ''] = path.split('?');
    return check!({
      method,
      path: route,
      query: new URLSearchParams(query),
      contentType,
      body: body === undefined ? '' : JSON.stringify(body),
    });
  };
  const id = '0b1e0b1e-0b1e-4b1e-8b1e-0b1e0b1e0b1e';

  it('G-11 take what the client sends, and refuse what it must not send', () => {
    const list = '/api/public/v1/connections';
    expect(ask('GET', `${list}?workspaceIds=${id}&limit=100&offset=0`)).toEqual([]);
    expect(ask('GET', `${list}?limit=101`)).not.toEqual([]);
    expect(ask('GET', `${list}?workspaceIds=${id},${id}`)).not.toEqual([]);
    expect(ask('GET', `${list}?colour=red`)).not.toEqual([]);
    const body = (more: object): object => ({ sourceId: id, destinationId: id, ...more });
    expect(ask('POST', list, body({ schedule: { scheduleType: 'cron', cronExpression: '0 0 5 * * ?' } }))).toEqual([]);
    expect(ask('POST', list, body({ schedule: { scheduleType: 'basic' } }))).not.toEqual([]);
    expect(
      ask('POST', list, body({ configurations: { streams: [{ name: 'a', syncMode: 'incremental' }] } })),
    ).not.toEqual([]);
    expect(ask('POST', list, { destinationId: id })).not.toEqual([]);
    expect(ask('POST', '/api/public/v1/nothing', {})).not.toEqual([]);
    expect(ask('POST', '/api/v1/state/get', { connectionId: id })).toEqual([]);
    expect(ask('POST', '/api/v1/state/get', {})).not.toEqual([]);
    expect(ask('POST', '/api/v1/connections/refresh', { connectionId: id, refreshMode: 'Maybe' })).not.toEqual([]);
  });
});

it(`G-11 the contract checks ${check === undefined ? 'were skipped: the API documents are not there' : 'ran'}`, () => {
  // `CUTTLE_REQUIRE=data` makes their absence an error when they are looked for.
  expect(['undefined', 'function']).toContain(typeof check);
});
