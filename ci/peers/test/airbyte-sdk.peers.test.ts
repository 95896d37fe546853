import type { JsonObject } from '@cuttle/protocol';
import { Bench } from '../../../packages/gitops/test/bench.js';
import { AirbyteSdk } from './airbyte-sdk.js';
import { CHANGES, type Ids } from './changes.js';
import { describePeers } from './peer.js';

const SOURCE = {
  account_id: 'acct_1',
  api_key: 'canary-key-of-stripe',
  lookback_days: 2,
  start_date: '2024-01-01T00:00:00Z',
};
const DESTINATION = {
  account: 'xy12345',
  warehouse: 'LOAD_WH',
  database: 'SHOP',
  schema: 'PUBLIC',
  role: 'LOADER',
  username: 'AIRBYTE',
  private_key: 'canary-private-key',
};
const STREAMS = ['charges', 'customers'].map((name) => ({
  name,
  sync_mode: 'incremental_deduped_history',
  cursor_field: ['updated'],
  primary_key: [['id']],
}));

const HASHING = { target_field: 'email', method: 'SHA-256', field_name_suffix: '_hashed' };

describePeers("Airbyte's SDK on the emulator, beside cuttle", ['api'], () => {
  let bench: Bench;
  let sdk: AirbyteSdk;
  let server: { readonly url: string; close(): Promise<void> };
  let ids: Ids;

  beforeAll(async () => {
    bench = new Bench({ isEmpty: true, lock: true, settings: { tokenSeconds: 86_400, isAwkward: false } });
    server = await bench.airbyte.listen();
    sdk = new AirbyteSdk(bench.root, `${server.url}/api/public/v1`);
  });
  afterAll(async () => {
    sdk.close();
    await server.close();
    bench.remove();
  });

  async function define(role: 'source' | 'destination', workspace_id: string, image: string): Promise<string> {
    const [docker_repository = '', docker_image_tag = ''] = image.split(':');
    const made = await sdk.call(`${role}_definitions.create_${role}_definition`, {
      workspace_id,
      create_definition_request: { name: image, docker_repository, docker_image_tag },
    });
    return String(made['id']);
  }

  it('makes connectors, a source, a destination and a connection; import gives an empty plan', async () => {
    const { data } = await sdk.call('workspaces.list_workspaces', {});
    const workspace = String((data as readonly JsonObject[])[0]!['workspaceId']);
    const stripe = await define('source', workspace, 'acme/source-stripe-ext:0.2.0');
    const snowflake = await define('destination', workspace, 'acme/destination-snowflake-merge:0.4.0');
    const request = (model: string, name: string, definition_id: string, configuration: JsonObject): JsonObject => ({
      $model: model,
      name,
      workspace_id: workspace,
      definition_id,
      configuration,
    });
    const source = await sdk.call(
      'sources.create_source',
      request('SourceCreateRequest', 'shop payments', stripe, SOURCE),
    );
    const destination = await sdk.call(
      'destinations.create_destination',
      request('DestinationCreateRequest', 'warehouse', snowflake, DESTINATION),
    );
    // No discovery before: the server looks itself.
    const connection = await sdk.call('connections.create_connection', {
      name: 'payments to warehouse',
      source_id: source['sourceId'],
      destination_id: destination['destinationId'],
      configurations: { streams: STREAMS },
      schedule: { schedule_type: 'cron', cron_expression: '0 30 5 * * ? UTC' },
      namespace_definition: 'custom_format',
      namespace_format: 'RAW',
      prefix: 'stripe_',
    });
    ids = {
      workspace,
      source: String(source['sourceId']),
      destination: String(destination['destinationId']),
      connection: String(connection['connectionId']),
      sourceDefinition: stripe,
    };
    const imported = await bench.importAll();
    expect(imported.skipped).toEqual([]);
    bench.setVariables(imported, (name) => (name.includes('PRIVATE') ? DESTINATION.private_key : SOURCE.api_key));
    expect((await bench.plan()).plan).toMatchObject({ items: [], notes: [] });
    expect(await bench.apply({ rotateSecrets: true })).toMatchObject({ failed: [] });
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('its version 1.0.1 sends the config of a custom connector as that of another one, without most fields', async () => {
    const configuration = { ...SOURCE, api_key: 'canary-other-key' };
    const request = {
      name: 'mangled',
      workspace_id: ids.workspace,
      definition_id: ids.sourceDefinition,
      configuration,
    };
    const made = await sdk.call('sources.create_source', request);
    // A version that sends what it gets fails here; then `$model` can go from the requests here.
    expect(bench.actor('mangled').config).toEqual({
      account_id: 'acct_1',
      api_key: 'canary-other-key',
      start_date: SOURCE.start_date,
      sourceType: 'callrail',
    });
    expect((await sdk.try('sources.delete_source', { source_id: made['sourceId'] })).status).toBe(204);
  });

  it('its version 1.0.1 does not understand the answer for a destination of a custom connector', async () => {
    // A version that does fails here; then the exception for ResponseValidationError can go.
    expect(await sdk.try('destinations.get_destination', { destination_id: ids.destination })).toMatchObject({
      status: 200,
      error: 'ResponseValidationError',
      text: expect.stringContaining('discriminator field destination_type'),
    });
  });

  it('its version 1.0.1 refuses to send a hashing mapper', async () => {
    const streams = [{ name: 'charges', mappers: [{ type: 'hashing', mapper_configuration: HASHING }] }];
    const request = { connection_id: ids.connection, connection_patch_request: { configurations: { streams } } };
    // A version that sends it fails here; then $model can go from the mapper of CHANGES.
    expect(await sdk.try('connections.patch_connection', request)).toMatchObject({
      status: 0,
      text: expect.stringContaining('discriminator field algorithm'),
    });
  });

  it.each(CHANGES)('$kind: the plan names it, and apply puts it back', async ({ make, key, field, read, warning }) => {
    const before = await read(sdk, ids);
    await make(sdk, ids);
    const { items } = (await bench.plan()).plan;
    expect(items.map((item) => item.key)).toEqual([key]);
    const [item] = items;
    if (warning === undefined) {
      const names = [...item!.fields, ...item!.streams.flatMap((stream) => stream.fields)].map((entry) => entry.field);
      expect(names).toContain(field);
    } else expect(JSON.stringify(item!.warnings)).toMatch(warning);
    expect(await bench.apply(warning === undefined ? {} : { rotateSecrets: true })).toMatchObject({ failed: [] });
    expect(await read(sdk, ids)).toEqual(before);
    expect((await bench.plan({ refreshSchema: true })).plan.items.flatMap((entry) => entry.fields)).toEqual([]);
  });

  it.each(
    CHANGES.filter(({ edit }) => edit !== undefined),
  )('$kind: what the documents change the SDK reads, and back', async ({ edit, read }) => {
    const before = await read(sdk, ids);
    const [file, from, to] = edit!;
    const text = bench.read(file);
    try {
      bench.edit(file, from, to);
      expect(await bench.apply()).toMatchObject({ failed: [] });
      expect(await read(sdk, ids)).not.toEqual(before);
    } finally {
      bench.write(file, text);
    }
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect(await read(sdk, ids)).toEqual(before);
  });

  it('tags and jobs: made, changed, canceled, removed', async () => {
    const tag = await sdk.call('tags.create_tag', { name: 'shop', color: '00FF00', workspace_id: ids.workspace });
    const changed = await sdk.call('tags.update_tag', {
      tag_id: tag['tagId'],
      tag_patch_request: { name: 'Shop', color: 'FF0000' },
    });
    expect(changed).toEqual({ ...tag, name: 'Shop', color: 'FF0000' });
    expect((await sdk.try('tags.delete_tag', { tag_id: tag['tagId'] })).status).toBe(204);
    expect(await sdk.try('tags.get_tag', { tag_id: tag['tagId'] })).toMatchObject({ status: 404 });
    const job = await sdk.call('jobs.create_job', { connection_id: ids.connection, job_type: 'sync' });
    expect(job).toMatchObject({ status: 'pending', jobType: 'sync' });
    expect(await sdk.call('jobs.cancel_job', { job_id: job['jobId'] })).toMatchObject({ status: 'cancelled' });
    const streams = await sdk.try('streams.get_stream_properties', { source_id: ids.source });
    expect(streams.status).toBe(200);
  });
});
