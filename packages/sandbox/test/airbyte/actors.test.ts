import { Bench, messageOf } from './client.js';

const MASK = '**********';

describe('sources and destinations of the Airbyte stand-in', () => {
  it('AB-01 shows secrets as ten stars, or by their coordinates from 1.8 on', async () => {
    const bench = new Bench();
    const stripe = await bench.named('/sources', 'stripe-ext');
    expect(stripe['configuration']).toMatchObject({ api_key: MASK, webhook: { signing_secret: MASK } });
    const facebook = await bench.named('/sources', 'facebook-ads');
    expect(facebook['configuration']).toMatchObject({ proxies: [{ password: MASK }, { password: MASK }] });
    const path = `/sources/${stripe['sourceId']}?includeSecretCoordinates=true`;
    const shown = (await bench.call('GET', path)).body['configuration'];
    expect(shown).toMatchObject({ api_key: expect.stringMatching(/^secret_coordinate::.*_v1$/) });
    bench.airbyte.store.settings.version = '1.6.3';
    expect((await bench.call('GET', path)).body['configuration']).toMatchObject({ api_key: MASK });
    expect(bench.secrets).toHaveLength(10);
  });

  it('AB-01 moves the coordinate of a secret only when its value changes', async () => {
    const bench = new Bench();
    const { sourceId, configuration } = await bench.named('/sources', 'bubble');
    const path = `/sources/${sourceId}`;
    const put = async (api_token: string): Promise<unknown> => {
      await bench.call('PUT', path, { name: 'bubble', configuration: { ...(configuration as object), api_token } });
      const { body } = await bench.call('GET', `${path}?includeSecretCoordinates=true`);
      return (body['configuration'] as { api_token: string }).api_token;
    };
    expect(await put(MASK)).toMatch(/_v1$/);
    expect(await put('another')).toMatch(/_v2$/);
    expect(await put('another')).toMatch(/_v2$/);
  });

  it('AB-02 keeps a secret whose mask is sent by PUT, except inside lists', async () => {
    const bench = new Bench();
    const stored = (name: string): unknown =>
      [...bench.airbyte.store.actors.values()].find((actor) => actor.name === name)?.config;
    const stripe = await bench.named('/sources', 'stripe-ext');
    const configuration = { ...(stripe['configuration'] as object), lookback_days: 3 };
    expect(
      (await bench.call('PUT', `/sources/${stripe['sourceId']}`, { name: 'stripe-ext', configuration })).status,
    ).toBe(200);
    expect(stored('stripe-ext')).toMatchObject({
      api_key: expect.stringContaining('canary'),
      webhook: { signing_secret: expect.stringContaining('canary') },
      lookback_days: 3,
    });
    const facebook = await bench.named('/sources', 'facebook-ads');
    const { sourceId, configuration: same } = facebook;
    await bench.call('PUT', `/sources/${sourceId}`, { name: 'facebook-ads', configuration: same });
    expect(stored('facebook-ads')).toMatchObject({
      access_token: expect.stringContaining('canary'),
      proxies: [{ password: MASK }, { password: MASK }],
    });
    const snowflake = await bench.named('/destinations', 'snowflake');
    await bench.call('PUT', `/destinations/${snowflake['destinationId']}`, {
      name: 'snowflake',
      configuration: snowflake['configuration'],
    });
    expect(stored('snowflake')).toMatchObject({ credentials: { private_key: expect.stringContaining('canary') } });
  });

  it('AB-03 merges by PATCH and cannot remove a key; PUT can', async () => {
    const bench = new Bench();
    const { sourceId } = await bench.named('/sources', 'stripe-ext');
    const path = `/sources/${sourceId}`;
    const patched = await bench.call('PATCH', path, {
      configuration: { lookback_days: 5, webhook: { url: 'https://b' } },
    });
    expect(patched.body['configuration']).toMatchObject({
      account_id: 'acct_1',
      lookback_days: 5,
      webhook: { url: 'https://b', signing_secret: MASK },
    });
    const replaced = await bench.call('PUT', path, {
      name: 'renamed',
      configuration: { account_id: 'acct_2', api_key: MASK },
    });
    expect(replaced.body).toMatchObject({ name: 'renamed', configuration: { account_id: 'acct_2' } });
    expect(replaced.body['configuration']).not.toHaveProperty('webhook');
  });

  it('AB-04 checks a config against the spec, and tries nothing', async () => {
    const bench = new Bench();
    const { sourceId, definitionId } = await bench.named('/sources', 'bubble');
    const bad = await bench.call('PUT', `/sources/${sourceId}`, { name: 'bubble', configuration: { app_url: 1 } });
    expect(bad.status).toBe(422);
    expect(messageOf(bad)).toContain('does not fulfill the specification');
    const unreachable = { app_url: 'https://nowhere.invalid', api_token: 'wrong' };
    const made = await bench.call('POST', '/sources', {
      name: 'b',
      workspaceId: bench.workspaceId,
      definitionId,
      configuration: unreachable,
    });
    expect(made.status).toBe(200);
  });

  it('AB-05 takes names that are already there', async () => {
    const bench = new Bench();
    const { definitionId } = await bench.named('/sources', 'bubble');
    const configuration = { app_url: 'https://a', api_token: 't' };
    const body = { name: 'bubble', workspaceId: bench.workspaceId, definitionId, configuration };
    expect((await bench.call('POST', '/sources', body)).status).toBe(200);
    const names = (await bench.list('/sources')).map((source) => source['name']);
    expect(names.filter((name) => name === 'bubble')).toHaveLength(2);
    const connection = await bench.named('/connections', 'bubble to snowflake');
    const { sourceId, destinationId } = connection;
    const again = await bench.call('POST', '/connections', { name: 'bubble to snowflake', sourceId, destinationId });
    expect(again.status).toBe(200);
    const definitions = `/workspaces/${bench.workspaceId}/definitions/sources`;
    const image = { name: 'Bubble (Novel)', dockerRepository: 'acme/source-bubble', dockerImageTag: '0.3.0' };
    expect((await bench.call('POST', definitions, image)).status).toBe(200);
  });

  it('AB-06 deletes what hangs on a thing with it', async () => {
    const bench = new Bench();
    const { sourceId } = await bench.named('/sources', 'bubble');
    await bench.call('DELETE', `/sources/${sourceId}`);
    expect(await bench.list('/connections')).toHaveLength(3);
    const { destinationId } = await bench.named('/destinations', 'bubble-writeback');
    expect((await bench.call('DELETE', `/destinations/${destinationId}`)).status).toBe(204);
    const { definitionId } = await bench.named('/destinations', 'snowflake');
    await bench.call('DELETE', `/workspaces/${bench.workspaceId}/definitions/destinations/${definitionId}`);
    expect(await bench.list('/destinations')).toEqual([]);
    expect(await bench.list('/connections')).toEqual([]);
  });

  it('AB-21 pulls images of definitions, refuses them on Cloud and on platforms that are too old', async () => {
    const bench = new Bench();
    const path = `/workspaces/${bench.workspaceId}/definitions/sources`;
    const bubble = (await bench.list(path)).find((entry) => entry['name'] === 'Bubble (Novel)');
    const change = (dockerImageTag: string): ReturnType<Bench['call']> =>
      bench.call('PUT', `${path}/${bubble?.['id']}`, { name: 'Bubble', dockerImageTag });
    const unreachable = await change('9.9.9');
    expect(unreachable.status).toBe(422);
    expect(messageOf(unreachable)).toContain('could not be pulled');
    expect((await change('0.3.1')).body).toMatchObject({ dockerImageTag: '0.3.1', name: 'Bubble' });
    const { settings } = bench.airbyte.store;
    settings.version = '1.6.1';
    expect((await change('0.3.0')).status).toBe(500);
    settings.version = '1.5.0';
    expect((await bench.call('GET', path)).status).toBe(404);
    expect((await bench.call('GET', '/tags')).status).toBe(404);
    settings.version = '2.0.1';
    settings.isCloud = true;
    expect((await change('0.3.0')).status).toBe(403);
  });
});
