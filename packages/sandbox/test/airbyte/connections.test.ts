import type { JsonMap } from '../../src/index.js';
import { Bench, messageOf } from './client.js';

type Stream = JsonMap & { readonly name: string };

describe('connections of the Airbyte stand-in', () => {
  const streamsOf = (connection: JsonMap): readonly Stream[] =>
    (connection['configurations'] as { streams: readonly Stream[] }).streams;
  const streamOf = (connection: JsonMap, name: string): Stream => {
    const found = streamsOf(connection).find((stream) => stream.name === name);
    if (found === undefined) throw new Error(`No stream ${name}`);
    return found;
  };
  const ends = async (bench: Bench): Promise<{ sourceId: unknown; destinationId: unknown }> => {
    const { sourceId, destinationId } = await bench.named('/connections', 'stripe-ext to snowflake');
    return { sourceId, destinationId };
  };
  const create = async (bench: Bench, body: JsonMap): ReturnType<Bench['call']> =>
    bench.call('POST', '/connections', { name: 'new', ...(await ends(bench)), ...body });
  const patch = async (bench: Bench, name: string, body: JsonMap): ReturnType<Bench['call']> => {
    const { connectionId } = await bench.named('/connections', name);
    return bench.call('PATCH', `/connections/${connectionId}`, body);
  };
  const dedup = { syncMode: 'incremental_deduped_history', cursorField: ['updated'], primaryKey: [['id']] };

  it('AB-07 takes every stream for an empty list on create, and ignores an empty list on PATCH', async () => {
    const bench = new Bench();
    for (const configurations of [undefined, {}, { streams: [] }]) {
      const { body } = await create(bench, { configurations });
      expect(streamsOf(body).map(({ syncMode }) => syncMode)).toEqual(Array(4).fill('full_refresh_overwrite'));
    }
    const kept = await patch(bench, 'stripe-ext to snowflake', { configurations: { streams: [] }, prefix: 'x_' });
    expect(kept.body['prefix']).toBe('x_');
    expect(streamsOf(kept.body)).toHaveLength(3);
  });

  it('AB-08 builds the streams of a PATCH anew: what is left out is lost', async () => {
    const bench = new Bench();
    const changed = await patch(bench, 'stripe-ext to snowflake', {
      configurations: { streams: [{ name: 'customers', ...dedup }] },
    });
    expect(streamsOf(changed.body)).toHaveLength(1);
    expect(streamOf(changed.body, 'customers')['mappers'] ?? []).toEqual([]);
  });

  it('AB-09 fills in source-defined keys and cursors, and refuses other ones', async () => {
    const bench = new Bench();
    const bubble = await bench.named('/connections', 'bubble to snowflake');
    expect(streamOf(bubble, 'user')).toMatchObject({ primaryKey: [['_id']], cursorField: ['Modified Date'] });
    const set = (more: JsonMap): ReturnType<Bench['call']> =>
      patch(bench, 'bubble to snowflake', { configurations: { streams: [{ name: 'user', ...more }] } });
    expect((await set({ primaryKey: [['_id']] })).status).toBe(200);
    const otherKey = await set({ primaryKey: [['name']] });
    expect(otherKey.status).toBe(400);
    expect(messageOf(otherKey)).toContain('already pre-defined');
    expect((await set({ syncMode: 'incremental_append', cursorField: ['name'] })).status).toBe(400);
  });

  it('AB-10 selects top level fields only, never none, always with key and cursor', async () => {
    const bench = new Bench();
    const select = async (fields: readonly (readonly string[])[]): Promise<[number, string]> => {
      const selectedFields = fields.map((fieldPath) => ({ fieldPath }));
      const got = await create(bench, { configurations: { streams: [{ name: 'charges', ...dedup, selectedFields }] } });
      return [got.status, messageOf(got)];
    };
    expect((await select([['id'], ['updated'], ['amount']]))[0]).toBe(200);
    expect((await select([]))[0]).toBe(400);
    expect((await select([['id', 'a'], ['updated']]))[0]).toBe(400);
    expect(await select([['id'], ['updated'], ['amuont']])).toEqual([
      400,
      expect.stringContaining('Valid: id, updated'),
    ]);
    expect(await select([['id'], ['amount']])).toEqual([400, expect.stringContaining('updated')]);
  });

  it('AB-11 finds a stream by a unique name whatever namespace comes with it', async () => {
    const bench = new Bench();
    const streams = [{ name: 'charges', namespace: 'nowhere', ...dedup }];
    const { status, body } = await create(bench, { configurations: { streams } });
    expect(status).toBe(200);
    expect(streamOf(body, 'charges')['namespace'] ?? null).toBeNull();
    expect((await create(bench, { configurations: { streams: [{ name: 'none' }] } })).status).toBe(400);
  });

  it('AB-12 gives mappers ids and masks their keys; a mask with the id keeps the key', async () => {
    const bench = new Bench();
    const mapperConfiguration = {
      algorithm: 'AES',
      key: 'canary-aes-key',
      mode: 'CBC',
      padding: 'PKCS5Padding',
      targetField: 'email',
      fieldNameSuffix: '_enc',
    };
    const stream = { name: 'customers', ...dedup, mappers: [{ type: 'encryption', mapperConfiguration }] };
    const { body } = await create(bench, { configurations: { streams: [stream] } });
    const [mapper] = streamOf(body, 'customers')['mappers'] as [{ id: string; mapperConfiguration: JsonMap }];
    expect(mapper).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      mapperConfiguration: { key: '**********' },
    });
    const path = `/connections/${body['connectionId']}`;
    await bench.call('PATCH', path, { configurations: { streams: [{ ...stream, mappers: [mapper] }] } });
    const stored = bench.airbyte.store.connections.get(String(body['connectionId']));
    expect(stored?.streams[0]?.mappers).toEqual([{ id: mapper.id, type: 'encryption', mapperConfiguration }]);
    const wrong = {
      type: 'hashing',
      mapperConfiguration: { targetField: 'nope', method: 'MD5', fieldNameSuffix: '_h' },
    };
    const refused = await create(bench, { configurations: { streams: [{ ...stream, mappers: [wrong] }] } });
    expect(refused.status).toBe(400);
  });

  it('AB-13 reads a cron with its time zone, a UI schedule as basic, and an empty cron for manual on create', async () => {
    const bench = new Bench();
    const schedule = { scheduleType: 'cron', cronExpression: '0 0 5 * * ?' };
    const { body } = await create(bench, { schedule });
    expect(body['schedule']).toEqual({ scheduleType: 'cron', cronExpression: '0 0 5 * * ? UTC' });
    const withZone = await create(bench, {
      schedule: { scheduleType: 'cron', cronExpression: '0 0 5 ? JAN MON-FRI UTC' },
    });
    expect(withZone.body['schedule']).toEqual({ scheduleType: 'cron', cronExpression: '0 0 5 ? JAN MON-FRI UTC' });
    const malformed = [
      '0 0 25 * * ?',
      '0 0 5 32 * ?',
      '0 0 5 ? * FOO',
      '0 0 5 * FOO ?',
      '0 20 0 * * ? Europe/Paris',
      '0 0 5 * * *',
    ];
    for (const cronExpression of ['* * * * * ?', '0 */5 * * * ?', '0 0 5', '', ...malformed]) {
      expect((await create(bench, { schedule: { scheduleType: 'cron', cronExpression } })).status).toBe(400);
    }
    expect((await create(bench, {})).body['schedule']).toEqual({ scheduleType: 'manual' });
    const empty = await create(bench, { schedule: { scheduleType: 'manual' } });
    expect(empty.body['schedule']).toEqual({ scheduleType: 'cron', cronExpression: 'UTC' });
    const own = [...bench.airbyte.store.connections.values()][0]!;
    own.schedule = { scheduleType: 'basic', basicTiming: 'Every 24 HOURS' };
    const read = await bench.named('/connections', own.name);
    expect(read['schedule']).toEqual({ scheduleType: 'basic', basicTiming: 'Every 24 HOURS' });
    expect((await create(bench, { schedule: { scheduleType: 'basic' } })).status).toBe(400);
  });

  it('AB-14 mixes null, [] and absent, orders, and fields and values that nobody knows', async () => {
    const bench = new Bench();
    const forms = new Set<string>();
    const orders = new Set<string>();
    const fields = new Set<string>();
    for (let read = 0; read < 6; read += 1) {
      const bubble = await bench.named('/connections', 'bubble to snowflake');
      expect(bubble).toHaveProperty('aFieldOfTheFuture');
      forms.add(
        JSON.stringify(
          streamOf(bubble, 'user')['selectedFields'] ?? String(streamOf(bubble, 'user')['selectedFields']),
        ),
      );
      orders.add(
        streamsOf(bubble)
          .map(({ name }) => name)
          .join(),
      );
      const [event] = streamsOf(await bench.named('/connections', 'ga4-events to snowflake'));
      fields.add(JSON.stringify(event?.['selectedFields']));
    }
    expect([...forms].sort()).toEqual(['"null"', '"undefined"', '[]']);
    expect(orders.size).toBeGreaterThan(1);
    expect(fields.size).toBeGreaterThan(1);
  });

  it('AB-15 keeps the schema of a source until it is told to look again', async () => {
    const bench = new Bench();
    const { sourceId } = await bench.named('/sources', 'bubble');
    const definition = [...bench.airbyte.store.definitions.values()].find((entry) => entry.name === 'Bubble (Novel)')!;
    definition.tag = '0.3.1';
    const names = async (more = ''): Promise<unknown> => {
      const { body } = await bench.call('GET', `/streams?sourceId=${sourceId}${more}`);
      return (body as unknown as readonly JsonMap[]).map((stream) => stream['streamName']);
    };
    expect(await names()).not.toContain('review');
    expect(await names('&ignoreCache=true')).toContain('review');
    expect(await names()).toContain('review');
    const actor = bench.airbyte.store.actors.get(String(sourceId))!;
    delete actor.discovered;
    const { destinationId } = await ends(bench);
    const made = await bench.call('POST', '/connections', { name: 'n', sourceId, destinationId });
    const { streams } = made.body['configurations'] as { streams: readonly JsonMap[] };
    expect([made.status, streams.map(({ name }) => name)]).toEqual([200, expect.arrayContaining(['review'])]);
    delete actor.discovered;
    actor.failure = 'the token was refused';
    for (const failed of [
      await bench.call('GET', `/streams?sourceId=${sourceId}`),
      await bench.call('POST', '/connections', { name: 'm', sourceId, destinationId }),
    ]) {
      expect([failed.status, messageOf(failed)]).toEqual([500, expect.stringContaining('the token was refused')]);
    }
    actor.discovered = [];
    const none = await bench.call('POST', '/connections', { name: 'o', sourceId, destinationId });
    expect([none.status, messageOf(none)]).toEqual([400, expect.stringContaining('No streams found')]);
  });

  it('takes a namespaceFormat of null, also for a custom format', async () => {
    const bench = new Bench();
    const both = await ends(bench);
    for (const namespaceDefinition of ['source', 'custom_format', 'destination']) {
      const body = { ...both, namespaceDefinition, namespaceFormat: null };
      const made = await bench.call('POST', '/connections', body);
      expect([made.status, made.body['namespaceDefinition'], made.body['namespaceFormat']]).toEqual([
        200,
        namespaceDefinition,
        null,
      ]);
    }
    const { connectionId } = await bench.named('/connections', 'bubble to snowflake');
    const { body } = await bench.call('PATCH', `/connections/${connectionId}`, { namespaceFormat: null });
    expect(body['namespaceFormat']).toBe('RAW');
  });

  it('AB-16 leaves cursors alone on PATCH; refresh, clear and state calls change them, none while a job runs', async () => {
    const bench = new Bench();
    const { connectionId } = await bench.named('/connections', 'stripe-ext to snowflake');
    const states = async (): Promise<unknown> => {
      const { body } = await bench.config('/state/get', { connectionId });
      return ((body['streamState'] ?? []) as { streamDescriptor: { name: string } }[]).map(
        (entry) => entry.streamDescriptor.name,
      );
    };
    const streams = ['charges', 'customers', 'refunds'].map((name) => ({
      name,
      ...dedup,
      syncMode: 'full_refresh_append',
    }));
    await bench.call('PATCH', `/connections/${connectionId}`, { configurations: { streams } });
    expect(await states()).toEqual(['charges', 'customers', 'refunds']);
    const refreshed = await bench.config('/connections/refresh', {
      connectionId,
      refreshMode: 'Merge',
      streams: [{ streamName: 'charges' }],
    });
    expect(refreshed.status).toBe(200);
    expect(await states()).toEqual(['customers', 'refunds']);
    const put = { connectionId, connectionState: { connectionId, stateType: 'stream', streamState: [] } };
    expect((await bench.config('/state/create_or_update_safe', put)).status).toBe(423);
    const [job] = bench.airbyte.store.jobs;
    job!.statuses = ['succeeded'];
    expect(
      (await bench.config('/connections/clear/stream', { connectionId, streams: [{ streamName: 'refunds' }] })).status,
    ).toBe(200);
    bench.airbyte.store.jobs[1]!.statuses = ['failed'];
    expect(await states()).toEqual(['customers']);
    const streamState = [{ streamDescriptor: { name: 'charges' }, streamState: { cursor: 'c' } }];
    const restored = await bench.config('/state/create_or_update_safe', {
      connectionId,
      connectionState: { connectionId, stateType: 'stream', streamState },
    });
    expect(restored.body).toMatchObject({ stateType: 'stream', streamState });
  });
});
