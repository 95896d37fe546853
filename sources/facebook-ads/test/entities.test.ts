import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, configured, lastState, read } from './run-facebook.js';

const OTHER = '222333444555666';

describe('objects', () => {
  let sandbox: Sandbox;
  let ads: readonly JsonObject[];

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2, idleVisits: 0 });
    ads = sandbox.control.run('facebook.objects', { edge: 'ads' }) as JsonObject[];
  });
  afterEach(() => sandbox.close());

  const idsOf = (records: readonly JsonObject[]) => records.map(({ id }) => id).sort();
  const change = (index: number, values: object) =>
    sandbox.control.run('facebook.update', { edge: 'ads', id: ads[index]!['id'], values });

  it('a second sync gives what was changed, archived and deleted ads too', async () => {
    const first = await read(sandbox, configFor(sandbox), ['ads']);
    expect(idsOf(first.records)).toEqual(idsOf(ads));
    sandbox.control.run('clock.advance', { ms: 3_600_000 });
    change(0, { status: 'ARCHIVED' });
    change(1, { status: 'DELETED' });
    change(2, { name: 'new' });
    const second = await read(sandbox, configFor(sandbox), ['ads'], { state: first.lastStates });
    const statuses = Object.fromEntries(second.records.map(({ id, effective_status }) => [id, effective_status]));
    const [archived, deleted, renamed] = ads.map(({ id }) => String(id)) as [string, string, string];
    expect(statuses).toMatchObject({ [archived]: 'ARCHIVED', [deleted]: 'DELETED', [renamed]: 'ACTIVE' });
    const third = await read(sandbox, configFor(sandbox), ['ads'], { state: second.lastStates });
    expect(idsOf(third.records)).toEqual([archived, deleted, renamed].sort());
    const chosen = configFor(sandbox, { ad_statuses: ['ARCHIVED'] });
    const anew = await read(sandbox, chosen, ['ads'], { state: second.lastStates });
    expect(idsOf(anew.records)).toEqual([ads[0]!['id']]);
  });

  it('an object that is changed while the list is read comes again, however late its page was', async () => {
    const config = configFor(sandbox, { page_size: 2 });
    sandbox.control.scripts.before(3, { path: '/ads' }, () => {
      sandbox.control.run('clock.advance', { ms: 3_600_000 });
      change(0, { name: 'changed behind the reader' });
      change(7, { name: 'changed before the reader' });
    });
    const first = await read(sandbox, config, ['ads']);
    expect(first.records.map(({ name }) => name)).not.toContain('changed behind the reader');
    const second = await read(sandbox, config, ['ads'], { state: first.lastStates });
    expect(second.records.map(({ name }) => name)).toContain('changed behind the reader');
  });

  it('reads states of the official connector', async () => {
    const id = sandbox.facebook.accountId;
    sandbox.control.run('clock.advance', { ms: 3_600_000 });
    change(4, { name: 'new' });
    const cases = [
      [{ updated_time: '2024-08-01T00:00:00+0000', filter_statuses: [] }, 1],
      [{ [id]: { updated_time: '2024-08-01T00:00:00Z' }, include_deleted: true }, 1],
      [{ [id]: { updated_time: '2024-08-01T00:00:00Z' }, include_deleted: false }, 8],
      [{ updated_time: '2024-08-01T00:00:00Z', filter_statuses: ['PAUSED'] }, 8],
      // As the official connector's own tests keep them.
      [{ [id]: { updated_time: '2024-08-01 19:04:24.899176+00', include_deleted: 1 } }, 1],
      [{ [id]: { updated_time: '2024-08-01 19:04:24.899176+00', include_deleted: false } }, 8],
      [{ [id]: { updated_time: '2024-08-01', filter_statuses: ['ARCHIVED'] } }, 8],
      [{ [id]: { updated_time: 'yesterday' } }, 8],
    ] as const;
    for (const [content, count] of cases) {
      const state = [
        { type: 'STREAM' as const, stream: { stream_descriptor: { name: 'ads' }, stream_state: content } },
      ];
      const { records, logs } = await read(sandbox, configFor(sandbox), ['ads'], { state: state as never });
      expect([content, records.length]).toEqual([content, count]);
      const warned = logs.some((log) => /"ads".*account \d+ is read again from the start date/.test(log));
      expect([content, warned]).toEqual([content, count === 8]);
    }
  });

  it('several accounts: rows and states of each, and a new one is read from its start', async () => {
    sandbox.control.run('facebook.account', { id: OTHER, time_zone: 'Asia/Tokyo', values: { name: 'Other' } });
    const seeded = sandbox.control.run('facebook.seed', {
      account: OTHER,
      ads: 2,
      days: 3,
      first: '2024-08-29',
      prefix: '2399',
    });
    const alone = await read(sandbox, configFor(sandbox), ['ads', 'ads_insights']);
    const config = configFor(sandbox, { account_ids: [sandbox.facebook.accountId, OTHER] });
    const both = await read(sandbox, config, ['ads', 'ads_insights'], { state: alone.lastStates });
    const own = both.records.filter(({ account_id }) => account_id === OTHER);
    expect(idsOf(own.filter(({ id }) => id !== undefined))).toEqual(seeded);
    expect(own.filter(({ date_start }) => date_start !== undefined)).toHaveLength(6);
    expect(Object.keys(lastState(both)['accounts'] as JsonObject).sort()).toEqual(
      [sandbox.facebook.accountId, OTHER].sort(),
    );
  });

  it('activities have an id of their content, the same each time', async () => {
    const config = configFor(sandbox, { start_date: '2024-01-01T00:00:00Z' });
    const [one, two] = [await read(sandbox, config, ['activities']), await read(sandbox, config, ['activities'])];
    expect(one.records).toEqual([
      expect.objectContaining({ id: expect.stringMatching(/^[0-9a-f]{32}$/), event_time: '2024-03-24T01:00:00+00:00' }),
    ]);
    expect(idsOf(two.records)).toEqual(idsOf(one.records));
  });

  it('thumbnails are read without the token, and one that cannot be had is null', async () => {
    const seen: (string | undefined)[] = [];
    const server: Server = createServer(({ url, headers }, response) => {
      seen.push(headers.authorization);
      if (url === '/0.png') response.writeHead(200, { 'content-type': 'image/png' }).end('picture');
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const creatives = sandbox.control.run('facebook.objects', { edge: 'adcreatives' }) as JsonObject[];
    for (const [index, { id }] of creatives.entries()) {
      const values = { thumbnail_url: `${root}/${index}.png` };
      sandbox.control.run('facebook.update', { edge: 'adcreatives', id, values });
    }
    const config = configFor(sandbox, { fetch_thumbnail_images: true });
    const { records, exitCode } = await read(sandbox, config, [configured('ad_creatives', 'full_refresh')]);
    server.close();
    server.closeAllConnections();
    const found = Object.fromEntries(records.map(({ id, thumbnail_data_url }) => [id, thumbnail_data_url]));
    expect([exitCode, found[String(creatives[0]!['id'])], found[String(creatives[1]!['id'])]]).toEqual([
      0,
      `data:image/png;base64,${Buffer.from('picture').toString('base64')}`,
      null,
    ]);
    expect([seen.length, seen.every((header) => header === undefined)]).toEqual([creatives.length, true]);
  });

  it('a token may stand in the credentials of a sign-in', async () => {
    const { access_token, ...rest } = configFor(sandbox) as { access_token: string };
    const { exitCode, records } = await read(
      sandbox,
      { ...rest, credentials: { auth_type: 'Service', access_token } },
      ['campaigns'],
    );
    expect([exitCode, records.length]).toEqual([0, 2]);
  });
});
