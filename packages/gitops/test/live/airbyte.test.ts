import fs from 'node:fs';
import path from 'node:path';
import { loadProject, type Project } from '@cuttle/project';
import { makeFolder, removeFolder } from '@cuttle/testing';
import {
  applyPlan,
  driftOf,
  isEmpty,
  makePlan,
  openSession,
  type PlanOptions,
  type Session,
  syncRemote,
} from '../../src/index.js';

const environment = process.env;
const url = environment['CUTTLE_LIVE_AIRBYTE_URL'];
const MASK = '**********';

/**
 * A real Airbyte server, which may be written to. It makes things under names of its own, and destroys them. Images that
 * everybody can pull, or your own by CUTTLE_LIVE_SOURCE_IMAGE and CUTTLE_LIVE_DESTINATION_IMAGE.
 */
const live = url === undefined ? describe.skip : describe;

live('a live Airbyte server (set CUTTLE_LIVE_AIRBYTE_URL)', () => {
  let root: string;
  const name = `cuttle-live-${process.pid}`;
  const source = environment['CUTTLE_LIVE_SOURCE_IMAGE'] ?? 'airbyte/source-e2e-test:2.2.2';
  const destination = environment['CUTTLE_LIVE_DESTINATION_IMAGE'] ?? 'airbyte/destination-dev-null:0.7.14';
  const sourceConfig =
    environment['CUTTLE_LIVE_SOURCE_CONFIG'] ??
    '{"type":"CONTINUOUS_FEED","max_messages":10,"mock_catalog":{"type":"SINGLE_STREAM","stream_name":"data_stream","stream_schema":"{\\"type\\":\\"object\\",\\"properties\\":{\\"column1\\":{\\"type\\":\\"string\\"}}}"}}';
  const destinationConfig =
    environment['CUTTLE_LIVE_DESTINATION_CONFIG'] ?? '{"test_destination":{"test_destination_type":"SILENT"}}';
  const stream = environment['CUTTLE_LIVE_STREAM'] ?? 'data_stream';
  beforeAll(() => {
    root = makeFolder();
  });
  afterAll(() => removeFolder(root));

  const write = (prefix: string): void => {
    const folder = path.join(root, 'connections/live');
    fs.mkdirSync(folder, { recursive: true });
    const auth = {
      clientId: { $env: 'CUTTLE_LIVE_AIRBYTE_CLIENT_ID' },
      clientSecret: { $env: 'CUTTLE_LIVE_AIRBYTE_CLIENT_SECRET' },
    };
    const workspace = { $env: 'CUTTLE_LIVE_AIRBYTE_WORKSPACE' };
    const target = {
      type: 'airbyte',
      url,
      workspace,
      lock: 'lock.json',
      ...(environment['CUTTLE_LIVE_AIRBYTE_CLIENT_ID'] === undefined ? {} : { auth }),
    };
    const documents = [
      { kind: 'Project', name: 'live', targets: { live: target } },
      {
        kind: 'Connectors',
        sources: { live: { image: source, name } },
        destinations: { live: { image: destination, name } },
      },
      { kind: 'Source', name, connector: 'live', config: JSON.parse(sourceConfig) },
      { kind: 'Destination', name, connector: 'live', config: JSON.parse(destinationConfig) },
      {
        kind: 'Connection',
        name,
        source: name,
        destination: name,
        prefix,
        streams: { [stream]: { sync: 'full refresh overwrite' } },
      },
    ];
    fs.writeFileSync(
      path.join(folder, 'all.yaml'),
      documents.map((document) => JSON.stringify(document)).join('\n---\n'),
    );
  };

  const open = (): Promise<Session> => {
    const { project } = loadProject(path.join(root, 'connections/live')) as { readonly project: Project };
    return openSession(project, { environment });
  };

  const apply = async (options?: PlanOptions): Promise<void> => {
    const session = await open();
    const report = await applyPlan(session, await makePlan(session, options));
    expect(report).toMatchObject({ failed: [], skipped: [] });
  };

  it('makes a definition, a source, a destination and a connection; the second plan is empty', async () => {
    write('live_');
    await apply();
    expect(isEmpty((await makePlan(await open())).plan)).toBe(true);
  }, 900_000);

  it('asks what was never seen: masks kept by PUT, coordinates, order of field paths', async () => {
    const { api } = await open();
    const found = (await api.listActors('source')).find((actor) => actor.name === name)!;
    const shown = await api.getActor('source', found.id, true);
    const again = await api.replaceActor('source', found.id, { name, configuration: found.configuration });
    expect(again.configuration).toEqual(found.configuration);
    const connection = (await api.listConnections()).find((entry) => entry.name === name)!;
    const seen = {
      masks: JSON.stringify(found.configuration).includes(MASK),
      coordinates: JSON.stringify(shown?.configuration).includes('secret_coordinate::'),
      schedule: connection.raw['schedule'],
      streams: connection.streams,
    };
    // Read by a person: what code treats defensively until it was seen.
    process.stderr.write(`live Airbyte: ${JSON.stringify(seen)}\n`);
  }, 120_000);

  it('syncs, sees drift, sets it back, destroys everything again', async () => {
    const session = await open();
    const [run] = await syncRemote(session, [name], () => undefined);
    expect(run?.job.status).toBe('succeeded');
    const connection = (await session.api.listConnections()).find((entry) => entry.name === name)!;
    await session.api.patchConnection(connection.id, { prefix: 'by_hand_' });
    const drifted = await open();
    expect(driftOf(drifted, await makePlan(drifted)).items).toMatchObject([
      { key: `connection/${name}`, fields: [{ field: 'prefix' }] },
    ]);
    await apply();
    const keys = [
      `connection/${name}`,
      `source/${name}`,
      `destination/${name}`,
      'connector/source/live',
      'connector/destination/live',
    ];
    await apply({ destroy: keys, allowDestroy: keys });
    const after = await open();
    expect((await after.api.listActors('source')).some((actor) => actor.name === name)).toBe(false);
  }, 1_800_000);
});
