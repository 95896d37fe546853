import fs from 'node:fs';
import path from 'node:path';
import { AirbyteStandIn, addWorkspace } from '@cuttle/sandbox';
import { ROOT } from '@cuttle/testing';
import { Repository } from './fake-terminal.js';

/** Our connectors as the images that the documents of the Novel stack name, with the specs of this repository. */
function addImages({ store }: AirbyteStandIn): void {
  const roles = { sources: 'source', destinations: 'destination' } as const;
  const text = fs.readFileSync(path.join(ROOT, 'connections/novel/connectors.yaml'), 'utf8');
  for (const [, image = '', folder = ''] of text.matchAll(/image: "([^"]+)", path: ([^,]+),/g)) {
    const spec = JSON.parse(fs.readFileSync(path.join(ROOT, folder, 'resources/spec.json'), 'utf8'));
    const name = path.basename(folder);
    const model = [...store.images].find(([key]) => key.includes(`-${name}:`))?.[1];
    const role = roles[folder.split('/')[0] as keyof typeof roles];
    store.images.set(image, { ...model, role, spec: { ...spec.connectionSpecification } });
  }
}

describe('the target `airbyte` of the Novel stack', () => {
  const repository = new Repository();
  const airbyte = new AirbyteStandIn({ tokenSeconds: 86_400 });
  let server: Awaited<ReturnType<AirbyteStandIn['listen']>>;
  let environment: Record<string, string> = {};
  const cuttle = (argv: readonly string[]) => repository.run([...argv, '--target', 'airbyte'], { environment });

  beforeAll(async () => {
    fs.cpSync(path.join(ROOT, 'connections'), path.join(repository.root, 'connections'), { recursive: true });
    for (const folder of ['sources', 'destinations', 'dashboards', 'dbt']) {
      fs.symlinkSync(path.join(ROOT, folder), path.join(repository.root, folder));
    }
    addWorkspace(airbyte, 'Novel');
    addImages(airbyte);
    server = await airbyte.listen();
  });
  afterAll(async () => {
    await server.close();
    repository.remove();
  });

  it('G-26 the documents are valid without any variable; plan names those that it misses', async () => {
    const valid = await repository.run(['validate', '--offline']);
    expect([valid.code, valid.err]).toEqual([0, expect.any(String)]);
    // The workflow of pull requests asks for it.
    expect((await repository.run(['fmt', '--check'])).code).toBe(0);
    const { code, err } = await cuttle(['plan']);
    expect(code).toBe(4);
    for (const name of ['AIRBYTE_URL', 'AIRBYTE_WORKSPACE', 'AIRBYTE_CLIENT_ID', 'AIRBYTE_CLIENT_SECRET']) {
      expect(err).toContain(`${name} is not set`);
    }
  });

  it('G-02 G-30 plan makes everything without a secret at hand, apply does, the next plan is empty', async () => {
    const names = ['ACCOUNT', 'USER', 'ROLE', 'WAREHOUSE'].map((name) => `SNOWFLAKE_${name}`);
    environment = {
      AIRBYTE_URL: server.url,
      AIRBYTE_WORKSPACE: 'Novel',
      AIRBYTE_CLIENT_ID: 'cuttle-client',
      AIRBYTE_CLIENT_SECRET: 'canary-client-secret-4711',
      ...Object.fromEntries(names.map((name) => [name, name.toLowerCase()])),
    };
    const planned = await cuttle(['plan', '--json']);
    expect([planned.code, planned.err]).toEqual([0, expect.any(String)]);
    const { plan } = JSON.parse(planned.out) as {
      plan: { items: { key: string; action: string; warnings: unknown[] }[] };
    };
    expect(plan.items.map(({ key, action, warnings }) => [action, key, warnings.length]).sort()).toEqual(
      [
        ...['source/bubble', 'source/ga4-events', 'source/stripe-ext', 'source/facebook-ads'].map(
          (key) => `connector/${key}`,
        ),
        ...['destination/snowflake-merge', 'destination/bubble'].map((key) => `connector/${key}`),
        ...['bubble', 'ga4-events', 'stripe', 'facebook-ads'].map((name) => `source/${name}`),
        ...['snowflake-prod', 'bubble-writeback'].map((name) => `destination/${name}`),
        ...['bubble', 'ga4-events', 'stripe', 'facebook-ads'].map((name) => `connection/${name} to duckdb`),
      ]
        .map((key) => ['create', key, 0])
        .sort(),
    );
    const secrets = ['BUBBLE_API_TOKEN', 'STRIPE_API_KEY', 'META_ACCESS_TOKEN'];
    for (const name of secrets) environment[name] = `canary-of-${name}`;
    for (const [name, file] of [
      ['GA4_CREDENTIALS_FILE', 'ga4.json'],
      ['SNOWFLAKE_PRIVATE_KEY_PATH', 'snowflake.p8'],
    ] as const) {
      repository.write(file, `canary-of-${name}`);
      environment[name] = path.join(repository.root, file);
    }
    const applied = await cuttle(['apply', '--auto-approve']);
    expect([applied.code, applied.err]).toEqual([0, expect.any(String)]);
    expect(`${applied.out}${applied.err}`).not.toContain('canary');
    expect(airbyte.store.connections.size).toBe(4);
    expect(JSON.stringify([...airbyte.store.actors.values()])).not.toContain('duckdb');
    const after = await cuttle(['plan', '--detailed-exitcode']);
    expect([after.code, after.out]).toEqual([0, expect.stringContaining('No changes.')]);
  });
});
