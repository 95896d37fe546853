import fs from 'node:fs';
import path from 'node:path';
import { expectGolden, expectGoldenText } from '@cuttle/testing';
import { AirbyteStack } from './airbyte-stack.js';

/** Each case makes a stack and gives the arguments of `plan`. */
const CASES: Readonly<Record<string, (stack: AirbyteStack) => Promise<readonly string[]>>> = {
  'nothing to do': async (stack) => {
    await stack.open();
    await stack.importAll();
    return [];
  },
  'everything new': async (stack) => {
    const origin = new AirbyteStack();
    await origin.open();
    await origin.importAll();
    await stack.open();
    for (const file of ['connectors', 'sources', 'destinations', 'connections']) {
      stack.write(`${file}.yaml`, origin.read(`${file}.yaml`));
    }
    stack.environment = { ...origin.environment };
    await origin.close();
    return [];
  },
  'changes and drift': async (stack) => {
    await stack.open('lock: .lock/prod.json');
    stack.environment = { ...stack.environment, CUTTLE_LOCK_KEY: 'key-of-the-lock' };
    await stack.importAll();
    await stack.run(['apply', '--auto-approve', '--rotate-secrets', 'STRIPE_EXT_API_KEY']);
    stack.environment['STRIPE_EXT_API_KEY'] = 'canary-rotated-value';
    stack.edit('connectors.yaml', 'source-bubble:0.3.0', 'source-bubble:0.3.1');
    const stream = (name: string, fields: readonly string[]): object => ({
      name,
      supported_sync_modes: ['full_refresh', 'incremental'],
      json_schema: { properties: Object.fromEntries(fields.map((field) => [field, {}])) },
    });
    const rest = ['category', 'novel', 'order'].map((name) =>
      stream(name, ['_id', 'Created Date', 'Modified Date', 'name', 'email']),
    );
    const streams = [
      stream('user', ['_id', 'Created Date', 'Modified Date', 'email', 'nickname']),
      ...rest,
      stream('review', ['_id']),
    ];
    stack.write('catalogs/bubble.json', JSON.stringify({ streams }));
    stack.edit('sources.yaml', 'lookback_days: 2', 'lookback_days: 3');
    stack.edit('connections.yaml', 'cron: 0 30 5', 'cron: 0 31 5');
    stack.edit('connections.yaml', '  charges: {}', '  charges: { sync: incremental append }\n  invoices: {}');
    stack.edit('connections.yaml', '  refunds: {}\n', '');
    const [bubble, , ga4] = [...stack.airbyte.store.connections.values()];
    bubble!.status = 'inactive';
    ga4!.prefix = 'changed_in_the_ui_';
    stack.edit('connections.yaml', 'prefix: ga4_bigquery_', 'prefix: changed_in_the_file_');
    return [];
  },
  'warnings of all kinds': async (stack) => {
    await stack.open();
    await stack.importAll();
    const { store } = stack.airbyte;
    const facebook = [...store.actors.values()].find(({ name }) => name === 'facebook-ads')!;
    facebook.failure = 'Session expired';
    delete facebook.discovered;
    const [bubble, stripe] = [...store.connections.values()];
    Object.assign(stripe!, { status: 'locked', statusReason: 'INVALID_CREDENTIAL' });
    expect(bubble?.name).toBe('bubble to snowflake');
    stack.edit('connections.yaml', '  category: {}', '  category: { primaryKey: name }\n  reviews: {}');
    stack.edit('sources.yaml', '    signing_secret: { $env: STRIPE_EXT_WEBHOOK_SIGNING_SECRET }\n', '');
    stack.edit('sources.yaml', 'proxy-a.example', 'proxy-c.example');
    return ['--refresh-schema', '--rotate-secrets', 'GA4_EVENTS_CREDENTIALS_JSON'];
  },
  'replace refused': async (stack) => {
    await stack.open();
    await stack.importAll();
    const { store } = stack.airbyte;
    store.images.set('acme/source-stripe-next:1.0.0', store.images.get('acme/source-stripe-ext:0.2.0')!);
    stack.edit('connectors.yaml', 'acme/source-stripe-ext:0.2.0', 'acme/source-stripe-next:1.0.0');
    const connection = [...store.connections.values()].find(({ name }) => name === 'stripe-ext to snowflake')!;
    store.jobs.push({ id: 1, connectionId: connection.id, type: 'sync', startTime: 0, statuses: ['succeeded'] });
    return [];
  },
  'prune with what hangs on it': async (stack) => {
    await stack.open('lock: .lock/prod.json');
    await stack.importAll();
    await stack.run(['apply', '--auto-approve']);
    const { store, api } = stack.airbyte;
    const [bubble, stripe] = [...store.connections.values()];
    api.publicApi.connections.create({
      name: 'made in the UI',
      sourceId: bubble!.sourceId,
      destinationId: stripe!.destinationId,
    });
    store.jobs.push({ id: 1, connectionId: bubble!.id, type: 'sync', startTime: 0, statuses: ['succeeded'] });
    const sources = stack.read('sources.yaml').split('---\n');
    stack.write('sources.yaml', sources.filter((text) => !text.includes('name: bubble\n')).join('---\n'));
    const connections = stack.read('connections.yaml').split('---\n');
    stack.write('connections.yaml', connections.filter((text) => !text.includes('name: bubble to')).join('---\n'));
    return ['--prune'];
  },
  'warnings that remain and a rename': async (stack) => {
    await stack.open('lock: .lock/prod.json');
    await stack.importAll();
    await stack.run(['apply', '--auto-approve', '--rotate-secrets']);
    stack.edit('connections.yaml', '  charges: {}', '  charges: { sync: incremental append }');
    await stack.run(['apply', '--auto-approve']);
    const { store, api } = stack.airbyte;
    const bubble = [...store.actors.values()].find(({ name }) => name === 'bubble')!;
    const configuration = { ...bubble.config, api_token: 'canary-value-of-the-UI' };
    api.publicApi.actors.replace('source', bubble.id, { name: 'bubble', configuration });
    stack.edit('connectors.yaml', 'source-bubble:0.3.0', 'source-bubble:0.3.1');
    stack.edit(
      'connections.yaml',
      'name: facebook-ads to snowflake',
      'name: ads to snowflake\npreviousName: facebook-ads to snowflake',
    );
    const zone = '{ cron: 0 0 4 * * ?, timezone: Europe/Paris }';
    stack.write(
      'more.yaml',
      `kind: Connection\nname: second\nsource: bubble\ndestination: snowflake\nschedule: ${zone}\nprefix: second_\nstreams: { user: {} }\n`,
    );
    return [];
  },
  'replace that is allowed': async (stack) => {
    await stack.open();
    await stack.importAll();
    const { store } = stack.airbyte;
    store.images.set('acme/source-stripe-next:1.0.0', store.images.get('acme/source-stripe-ext:0.2.0')!);
    stack.edit('connectors.yaml', 'acme/source-stripe-ext:0.2.0', 'acme/source-stripe-next:1.0.0');
    return ['--allow-destroy', 'stripe-ext'];
  },
  'backfill and orphans': async (stack) => {
    await stack.open('lock: .lock/prod.json');
    await stack.importAll();
    await stack.run(['apply', '--auto-approve']);
    stack.edit(
      'connections.yaml',
      '  customers: { transform: [ { hash: email } ] }',
      '  customers: { transform: [{ hash: email, method: MD5 }] }',
    );
    const connections = stack.read('connections.yaml').split('---\n');
    stack.write(
      'connections.yaml',
      connections.filter((text) => !text.includes('name: facebook-ads to')).join('---\n'),
    );
    return ['--backfill'];
  },
};

describe('goldens of plans', () => {
  it.each(Object.keys(CASES))('G-31 text, JSON and Markdown: %s', async (name) => {
    const stack = new AirbyteStack(name === 'everything new');
    try {
      const args = await CASES[name]!(stack);
      const golden = path.join(__dirname, 'golden/plan', name.replaceAll(' ', '-'));
      const { code, out } = await stack.run(['plan', '--md', 'plan.md', '--out', 'plan.json', ...args]);
      expect(code).toBe(0);
      const stable = (text: string): string => text.replace(/lock \d{4}-\d\d-\d\d \d\d:\d\d/, 'lock 2026-11-19 06:02');
      expectGoldenText(`${golden}.txt`, stable(out));
      const lines = out.split('\n').filter((line) => line.length > 80);
      expect(lines).toEqual([]);
      const json = JSON.parse((await stack.run(['plan', '--json', ...args])).out);
      const saved = JSON.parse(fs.readFileSync(path.join(stack.repository.root, 'plan.json'), 'utf8'));
      expect(saved).toMatchObject({ version: 1, plan: json.plan });
      if (json.plan.lockWrittenAt !== undefined) json.plan.lockWrittenAt = '2026-11-19T06:02:00.000Z';
      expectGolden(`${golden}.json`, json);
      const markdown = fs.readFileSync(path.join(stack.repository.root, 'plan.md'), 'utf8');
      expectGoldenText(`${golden}.md`, markdown);
      const everything = `${out}${JSON.stringify(saved)}${markdown}`;
      for (const secret of [...stack.secrets, 'canary-value-of', 'canary-rotated'])
        expect(everything).not.toContain(secret);
    } finally {
      await stack.close();
    }
  });
});
