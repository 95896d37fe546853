import { AirbyteStandIn, fillWithMany } from '../../src/index.js';
import { Bench, type Got, messageOf } from './client.js';

describe('requests to the Airbyte stand-in', () => {
  it('AB-17 pages by 20, at most 100, with a next of a foreign host on the last page that holds something', async () => {
    const bench = new Bench();
    const airbyte = new AirbyteStandIn({ auth: 'off' });
    fillWithMany(airbyte, { sources: 2, connections: 45 });
    const get = async (query: string): Promise<{ status: number; body: { data: unknown[]; next: string } }> => {
      const response = await airbyte.fetch(`http://a.test/airbyte/api/public/v1/connections${query}`);
      return { status: response.status, body: (await response.json()) as { data: unknown[]; next: string } };
    };
    expect((await get('')).body.data).toHaveLength(20);
    const last = await get('?limit=20&offset=40');
    expect(last.body.data).toHaveLength(5);
    expect(last.body.next).toMatch(/^https:\/\/airbyte\.internal\.example/);
    expect((await get('?limit=20&offset=60')).body).toMatchObject({ data: [], next: '' });
    expect((await get('?limit=101')).status).toBe(400);
    for (let index = 0; index < 25; index += 1) {
      await bench.call('POST', '/tags', { name: `tag ${index}`, color: '00ff00', workspaceId: bench.workspaceId });
    }
    expect((await bench.call('GET', '/tags')).body['data']).toHaveLength(25);
  });

  it('AB-18 wants whole tags, names of at most 30 characters, and each name once', async () => {
    const bench = new Bench();
    const { workspaceId } = bench;
    const tag = await bench.call('POST', '/tags', { name: 'novel', color: '00FF00', workspaceId });
    expect(tag.status).toBe(200);
    expect((await bench.call('POST', '/tags', { name: 'novel', color: '00FF00', workspaceId })).status).toBe(409);
    expect((await bench.call('POST', '/tags', { name: 'x'.repeat(31), color: '00FF00', workspaceId })).status).toBe(
      400,
    );
    expect((await bench.call('POST', '/tags', { name: 'y', color: 'green', workspaceId })).status).toBe(400);
    const { connectionId } = await bench.named('/connections', 'bubble to snowflake');
    const set = (tags: readonly unknown[]): ReturnType<Bench['call']> =>
      bench.call('PATCH', `/connections/${connectionId}`, { tags });
    expect((await set([{ tagId: tag.body['tagId'], name: 'novel' }])).status).toBe(400);
    expect((await set([tag.body])).body['tags']).toEqual([tag.body]);
  });

  it('AB-18 a changed tag has its new name on connections; a deleted one is on none', async () => {
    const bench = new Bench();
    const { workspaceId } = bench;
    const make = async (name: string): Promise<Got['body']> =>
      (await bench.call('POST', '/tags', { name, color: '00FF00', workspaceId })).body;
    const [tag, other] = [await make('novel'), await make('other')];
    const { connectionId } = await bench.named('/connections', 'bubble to snowflake');
    const shown = async (): Promise<unknown> => (await bench.call('GET', `/connections/${connectionId}`)).body['tags'];
    await bench.call('PATCH', `/connections/${connectionId}`, { tags: [tag] });
    const changed = { ...tag, name: 'Novel', color: 'FF0000' };
    const patch = { name: 'Novel', color: 'FF0000' };
    expect(await bench.call('PATCH', `/tags/${tag['tagId']}`, patch)).toEqual({ status: 200, body: changed });
    expect((await bench.call('PATCH', `/tags/${tag['tagId']}`, patch)).status).toBe(200);
    expect((await bench.call('PATCH', `/tags/${tag['tagId']}`, { ...patch, name: 'other' })).status).toBe(409);
    expect((await bench.call('PATCH', `/tags/${tag['tagId']}`, { name: 'x' })).status).toBe(400);
    expect(await shown()).toEqual([changed]);
    expect(await bench.call('DELETE', `/tags/${tag['tagId']}`)).toEqual({ status: 204, body: {} });
    expect(await shown()).toEqual([]);
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect((await bench.call(method, `/tags/${tag['tagId']}`, method === 'GET' ? undefined : patch)).status).toBe(
        404,
      );
    expect((await bench.call('GET', '/tags')).body['data']).toEqual([other]);
  });

  it('AB-19 a method that a path does not have is 405, for jobs and tags', async () => {
    const bench = new Bench();
    const { connectionId } = await bench.named('/connections', 'bubble to snowflake');
    const { body } = await bench.call('POST', '/jobs', { connectionId, jobType: 'sync' });
    const answers = [
      await bench.call('PUT', `/jobs/${body['jobId']}`, {}),
      await bench.call('PATCH', `/jobs/${body['jobId']}`, {}),
      await bench.call('DELETE', '/jobs'),
      await bench.call('PUT', '/tags/1', {}),
    ];
    expect(answers.map(({ status }) => status)).toEqual([405, 405, 405, 405]);
    expect((await bench.call('GET', `/jobs/${body['jobId']}`)).body['status']).toBe('pending');
    expect((await bench.call('DELETE', '/jobs/4711')).status).toBe(404);
  });

  it('AB-19 takes jobs through every status, one that nobody knows too; no refresh, none for a locked connection', async () => {
    const bench = new Bench();
    const { connectionId } = await bench.named('/connections', 'bubble to snowflake');
    const start = (jobType: string): ReturnType<Bench['call']> =>
      bench.call('POST', '/jobs', { connectionId, jobType });
    expect((await start('refresh')).status).toBe(422);
    const job = await start('sync');
    expect(job.body).toMatchObject({ status: 'pending', jobType: 'sync', connectionId });
    expect((await start('sync')).status).toBe(409);
    const seen: unknown[] = [];
    while (seen.at(-1) !== 'succeeded')
      seen.push((await bench.call('GET', `/jobs/${job.body['jobId']}`)).body['status']);
    expect(seen).toEqual(['pending', 'queued', 'in_orbit', 'running', 'incomplete', 'running', 'succeeded']);
    expect((await bench.call('GET', `/jobs?connectionId=${connectionId}&status=succeeded`)).body['data']).toHaveLength(
      1,
    );
    const second = await start('clear');
    expect((await bench.call('DELETE', `/jobs/${second.body['jobId']}`)).body['status']).toBe('cancelled');
    const connection = bench.airbyte.store.connections.get(String(connectionId))!;
    connection.status = 'locked';
    connection.statusReason = 'SUBSCRIPTION_DOWNGRADED';
    const patch = await bench.call('PATCH', `/connections/${connectionId}`, { prefix: 'a' });
    expect([patch.status, messageOf(patch)]).toEqual([409, expect.stringContaining('SUBSCRIPTION_DOWNGRADED')]);
    expect((await start('sync')).status).toBe(409);
  });

  describe('AB-20 authentication', () => {
    const token = async (bench: Bench, fields: Record<string, string>, asForm = false): Promise<Response> =>
      bench.send('public/v1/applications/token', {
        method: 'POST',
        headers: { 'content-type': asForm ? 'application/x-www-form-urlencoded' : 'application/json' },
        body: asForm ? new URLSearchParams(fields).toString() : JSON.stringify(fields),
      });
    const credentials = { client_id: 'cuttle-client', client_secret: 'canary-client-secret-4711' };

    it('AB-20 gives tokens that live as long as it says, by JSON or form', async () => {
      const bench = new Bench({ auth: 'token' });
      expect((await bench.call('GET', '/sources')).status).toBe(401);
      const given = await token(bench, { ...credentials, grant_type: 'client_credentials' }, true);
      const { access_token, expires_in } = (await given.json()) as { access_token: string; expires_in: number };
      const get = async (): Promise<number> =>
        (await bench.send('public/v1/sources', { headers: { authorization: `Bearer ${access_token}` } })).status;
      expect(expires_in).toBe(180);
      expect(await get()).toBe(200);
      bench.airbyte.control.clock.advance(180_000);
      expect(await get()).toBe(401);
      expect(
        (await token(bench, { ...credentials, client_secret: 'x', grant_type: 'client_credentials' })).status,
      ).toBe(401);
    });

    it.each([
      'grant_type',
      'grant-type',
      'none',
    ] as const)('AB-20 insists on its own spelling of the grant: %s', async (grant) => {
      const bench = new Bench({ auth: 'token', grant });
      const statuses = await Promise.all(
        ['grant_type', 'grant-type', 'else'].map(
          async (name) => (await token(bench, { ...credentials, [name]: 'client_credentials' })).status,
        ),
      );
      const expected = { grant_type: [200, 400, 400], 'grant-type': [400, 200, 400], none: [200, 200, 200] };
      expect(statuses).toEqual(expected[grant]);
    });

    it('AB-20 knows basic authentication and none at all', async () => {
      const bench = new Bench({ auth: 'basic', clientId: 'airbyte', clientSecret: 'password' });
      const get = async (authorization: string): Promise<number> =>
        (await bench.send('public/v1/sources', { headers: { authorization } })).status;
      expect(await get(`Basic ${Buffer.from('airbyte:password').toString('base64')}`)).toBe(200);
      expect(await get('Basic eDp5')).toBe(401);
      bench.airbyte.store.settings.auth = 'off';
      expect(await get('')).toBe(200);
    });
  });

  it('AB-22 strikes before or after the effect, in process as over HTTP', async () => {
    const bench = new Bench();
    const { faults, log } = bench.airbyte.control;
    const { workspaceId } = bench;
    const server = await bench.airbyte.listen();
    try {
      const ways = [
        (init: RequestInit) => bench.send('public/v1/tags', init),
        (init: RequestInit) => fetch(`${server.url}/api/public/v1/tags`, init),
      ];
      let made = 0;
      for (const send of ways) {
        const post = async (isLost = false): Promise<number | string> => {
          made += 1;
          const body = JSON.stringify({ name: `t${made}`, color: '00ff00', workspaceId });
          const gone = new AbortController();
          const seen = log.find().length;
          const answer = send({ method: 'POST', body, signal: gone.signal });
          // The client leaves once the server has the request.
          while (isLost && log.find().length === seen) await new Promise((resolve) => setTimeout(resolve, 1));
          if (isLost) gone.abort();
          try {
            const response = await answer;
            await response.json();
            return response.status;
          } catch (error) {
            return (error as Error).name;
          }
        };
        const count = (): number => bench.airbyte.store.tags.size;
        for (const when of ['before', 'after'] as const) {
          const effect = when === 'after' ? 1 : 0;
          for (const [fault, outcome] of [
            [{ kind: 'status', status: 500, when }, 500],
            [{ kind: 'reset', when }, 'TypeError'],
            [{ kind: 'hang', when }, 'AbortError'],
          ] as const) {
            faults.add({ fault });
            const before = count();
            expect([await post(fault.kind === 'hang'), count() - before]).toEqual([outcome, effect]);
          }
        }
        faults.add({ fault: { kind: 'truncated_json' } });
        expect(await post()).toBe('SyntaxError');
        faults.add({ fault: { kind: 'html' } });
        expect(await post()).toBe('SyntaxError');
        faults.add({ fault: { kind: 'rate_limit', retryAfter: 'absent' } });
        expect(await post()).toBe(429);
        faults.add({ fault: { kind: 'cut_body' } });
        expect(['TypeError', 'SyntaxError']).toContain(await post());
      }
    } finally {
      await server.close();
    }
  });

  it('AB-23 lets others edit between two requests, and counts writes', async () => {
    const bench = new Bench();
    const connection = [...bench.airbyte.store.connections.values()][0]!;
    bench.airbyte.control.scripts.before(2, { path: '/connections/' }, () => {
      connection.status = 'inactive';
    });
    const get = async (): Promise<unknown> => (await bench.call('GET', `/connections/${connection.id}`)).body['status'];
    expect([await get(), await get()]).toEqual(['active', 'inactive']);
    expect(bench.airbyte.writes()).toEqual([]);
    await bench.call('PATCH', `/connections/${connection.id}`, { prefix: 'p' });
    await bench.config('/state/get', { connectionId: connection.id });
    await bench.config('/sources/check_connection', { sourceId: connection.sourceId });
    expect(bench.airbyte.writes()).toHaveLength(1);
  });
});
