import { driftOf, makePlan } from '../src/index.js';
import { Bench } from './bench.js';

describe('a plan that tells the truth', () => {
  let bench: Bench;
  afterEach(() => bench.remove());

  const novel = async (options: ConstructorParameters<typeof Bench>[0] = {}): Promise<void> => {
    bench = new Bench(options);
    bench.setVariables(await bench.importAll());
  };

  it('F-APP-04 a saved plan that makes things is stale once their documents changed', async () => {
    const origin = new Bench();
    const imported = await origin.importAll();
    bench = new Bench({ isEmpty: true });
    for (const file of imported.files.keys()) bench.write(file, origin.read(file));
    origin.remove();
    const fingerprint = async (): Promise<string> => (await bench.plan()).plan.fingerprint;
    const prints = [await fingerprint()];
    expect(await fingerprint()).toBe(prints[0]);
    bench.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 9');
    prints.push(await fingerprint());
    bench.edit('connections.yaml', 'prefix: stripe_', 'prefix: pay_');
    prints.push(await fingerprint());
    // A secret says nothing: it is nowhere in a plan.
    bench.setVariables(imported);
    prints.push(await fingerprint());
    expect(new Set(prints).size).toBe(3);
  });

  it('F-APP-06 a missing key of an encrypt step fails before any write', async () => {
    await novel();
    bench.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 9');
    const step = '{ transform: [ { encrypt: email, key: { $env: EMAIL_KEY } } ] }';
    bench.edit('connections.yaml', 'charges: {}', `charges: ${step}`);
    await expect(bench.apply()).rejects.toMatchObject({
      code: 'REFERENCE_UNRESOLVED',
      message: expect.stringMatching(/EMAIL_KEY is not set.*\nNothing was applied/),
    });
    expect(bench.writes()).toEqual([]);
    bench.environment['EMAIL_KEY'] = 'canary-key-of-email';
    expect(await bench.apply()).toMatchObject({ failed: [] });
    // Airbyte has it now.
    delete bench.environment['EMAIL_KEY'];
    bench.edit('connections.yaml', 'prefix: stripe_', 'prefix: pay_');
    expect(await bench.apply()).toMatchObject({ failed: [] });
  });

  it.each([true, false])('G-05 drift names a secret that was taken away in the UI (lock: %s)', async (lock) => {
    await novel({ lock });
    bench.environment['CUTTLE_LOCK_KEY'] = 'key';
    await bench.apply({ rotateSecrets: true });
    const drifted = async (): Promise<unknown> => {
      const session = await bench.session();
      return driftOf(session, await makePlan(session)).items.map(({ key, warnings }) => [key, warnings]);
    };
    expect(await drifted()).toEqual([]);
    const actor = bench.actor('stripe-ext');
    actor.config = { ...actor.config, webhook: { url: 'https://novel.example/hook' } };
    expect(await drifted()).toEqual([['source/stripe-ext', ['webhook.signing_secret  secret was removed']]]);
  });

  it('G-29 a Config API that answers with the page of the web application is none', async () => {
    await novel();
    const real = bench.fetch;
    bench.fetch = async (input, init) =>
      String(input).endsWith('/api/v1/health')
        ? new Response('<!doctype html><html></html>', { headers: { 'content-type': 'text/html' } })
        : real(input, init);
    bench.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 3');
    const report = await bench.apply();
    expect(report).toMatchObject({ failed: [], warnings: [expect.stringContaining('does not offer')] });
  });

  it('G-18 --refresh-schema starts each connector once, however many connections are on it', async () => {
    await novel();
    const connection = 'kind: Connection\nsource: stripe-ext\ndestination: snowflake\nstreams: { charges: {} }\n';
    bench.write('more.yaml', ['a', 'b'].map((name) => `${connection}name: ${name}\n`).join('---\n'));
    bench.airbyte.control.log.clear();
    await bench.plan({ refreshSchema: true });
    const asked = bench.airbyte.control.log.find().filter(({ path }) => path.endsWith('/streams'));
    expect(asked).toHaveLength(4);
  });

  it('G-01 a connection that Airbyte locked is not imported as switched off', async () => {
    bench = new Bench();
    const locked = bench.connection('stripe-ext to snowflake');
    Object.assign(locked, { status: 'locked', statusReason: 'billing' });
    await bench.importAll();
    expect((await bench.plan()).plan.items.flatMap(({ fields }) => fields)).toEqual([]);
    locked.status = 'active';
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-18 a schema that could not be read after an image bump is read by the next apply', async () => {
    await novel({ lock: true });
    bench.edit('connections.yaml', 'prefix: bubble_', 'prefix: bubble_\nselect: all');
    await bench.apply();
    bench.edit('connectors.yaml', 'acme/source-bubble:0.3.0', 'acme/source-bubble:0.3.1');
    bench.actor('bubble').failure = 'the app is away';
    expect((await bench.apply({ check: false })).failed).toMatchObject([{ key: 'source/bubble' }]);
    delete bench.actor('bubble').failure;
    expect((await bench.plan()).plan.items).toMatchObject([
      { key: 'source/bubble', action: 'none', warnings: [{ code: 'SCHEMA_OLD' }] },
    ]);
    expect(await bench.apply()).toMatchObject({ failed: [] });
    expect(bench.connection('bubble to snowflake').streams.map(({ name }) => name)).toContain('review');
    expect((await bench.plan()).plan.items).toEqual([]);
  });

  it('G-18 without a lock the failure says how the schema is read later', async () => {
    await novel();
    bench.edit('connectors.yaml', 'acme/source-bubble:0.3.0', 'acme/source-bubble:0.3.1');
    bench.actor('bubble').failure = 'the app is away';
    expect((await bench.apply({ check: false })).failed).toMatchObject([
      { message: expect.stringMatching(/the app is away.*--refresh-schema/) },
    ]);
  });
});
