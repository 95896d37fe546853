import { isLong } from '@cuttle/testing';
import fc from 'fast-check';
import { Bench } from './bench.js';

const STREAMS = ['charges', 'customers', 'refunds', 'invoices'] as const;
const FIELDS = ['amount', 'created', 'description', 'email'];

const stream = fc.record(
  {
    sync: fc.constantFrom('full refresh overwrite', 'full refresh append', 'incremental append', 'incremental dedup'),
    fields: fc.oneof(fc.record({ exclude: fc.subarray(FIELDS) }), fc.subarray(FIELDS, { minLength: 1 })),
    transform: fc.array(
      fc.oneof(
        fc.constantFrom('MD5', 'SHA-256').map((method) => ({ hash: 'id', method })),
        fc.constant({ drop: 'updated' }),
        fc.constantFrom('x', 'y').map((equals) => ({ filter: 'id', equals })),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['sync'] },
);

const connection = fc.record(
  {
    schedule: fc.oneof(
      fc.constant('manual'),
      fc.integer({ min: 0, max: 23 }).map((hour) => ({ cron: `0 0 ${hour} * * ?` })),
      fc.constantFrom('1h', '6h', '24h', '7d').map((every) => ({ every })),
      fc.constant({ cron: '0 5 4 * * ?', timezone: 'Europe/Paris' }),
    ),
    namespace: fc.oneof(
      fc.constantFrom('source', 'destination'),
      fc.constantFrom('RAW', 'L_${SOURCE_NAMESPACE}').map((format) => ({ format })),
    ),
    prefix: fc.constantFrom('', 'a_', 'b_'),
    schemaChanges: fc.constantFrom('ignore', 'propagate_columns', 'propagate_fully', 'disable'),
    status: fc.constantFrom('active', 'inactive'),
    tags: fc.subarray(['one', 'two']),
    streams: fc.record(
      {
        '*': fc.constant({ cursor: 'updated', primaryKey: ['id'] }),
        ...Object.fromEntries(STREAMS.map((name) => [name, stream])),
      },
      { requiredKeys: ['*', 'charges'] as never[] },
    ),
  },
  { requiredKeys: ['streams'] },
);

const documents = fc.record({
  days: fc.integer({ min: 1, max: 9 }),
  webhook: fc.boolean(),
  connections: fc.array(connection, { minLength: 1, maxLength: 3 }),
});

type Documents = typeof documents extends fc.Arbitrary<infer Value> ? Value : never;

function write(bench: Bench, { days, webhook, connections }: Documents): void {
  const all: object[] = [
    {
      kind: 'Connectors',
      sources: { stripe: { image: 'acme/source-stripe-ext:0.2.0' } },
      destinations: { snowflake: { image: 'acme/destination-snowflake-merge:0.4.0' } },
    },
    {
      kind: 'Source',
      name: 'shop',
      connector: 'stripe',
      config: {
        account_id: 'a',
        api_key: { $env: 'KEY' },
        lookback_days: days,
        ...(webhook ? { webhook: { url: 'https://w.example', signing_secret: { $env: 'KEY' } } } : {}),
      },
    },
    {
      kind: 'Destination',
      name: 'warehouse',
      connector: 'snowflake',
      config: {
        account: 'a',
        warehouse: 'w',
        database: 'd',
        schema: 's',
        role: 'r',
        username: 'u',
        private_key: { $env: 'KEY' },
      },
    },
    ...connections.map((value, index) => ({
      kind: 'Connection',
      name: `load ${index}`,
      source: 'shop',
      destination: 'warehouse',
      ...value,
    })),
  ];
  bench.write('all.yaml', all.map((document) => JSON.stringify(document)).join('\n---\n'));
  bench.environment['KEY'] = 'canary-key';
}

describe('properties', () => {
  it('plan, apply, plan is empty, from any state to any other one, and an apply that is killed converges', async () => {
    await fc.assert(
      fc.asyncProperty(documents, documents, fc.nat(12), fc.boolean(), async (before, after, killed, lock) => {
        const bench = new Bench({ isEmpty: true, lock });
        try {
          write(bench, before);
          await bench.apply();
          expect((await bench.plan()).plan.items.flatMap(({ action }) => (action === 'none' ? [] : [action]))).toEqual(
            [],
          );
          write(bench, after);
          const real = bench.fetch;
          let count = 0;
          bench.fetch = async (input, init) => {
            if (count > killed) throw new Error('killed');
            if ((init?.method ?? 'GET') !== 'GET' && !/token|check_connection/.test(String(input))) count += 1;
            const answer = await real(input, init);
            if (count > killed) throw new Error('killed');
            return answer;
          };
          await bench.apply().catch(() => undefined);
          bench.fetch = real;
          const report = await bench.apply();
          expect(report).toMatchObject({ failed: [], skipped: [] });
          expect((await bench.plan()).plan.items.flatMap(({ action }) => (action === 'none' ? [] : [action]))).toEqual(
            [],
          );
          const names = [...bench.airbyte.store.connections.values()].map(({ name }) => name);
          expect(names.sort()).toEqual(
            Array.from(
              { length: Math.max(before.connections.length, after.connections.length) },
              (_, index) => `load ${index}`,
            ),
          );
          expect(bench.airbyte.store.actors.size).toBe(2);
          expect(bench.problems).toEqual([]);
          // What was imported from there says the same.
          const copy = await bench.importAll();
          expect(
            copy.imported.filter((key) => after.connections.some((_, index) => key === `connection/load ${index}`)),
          ).toEqual([]);
        } finally {
          bench.remove();
        }
      }),
      { numRuns: isLong ? 400 : 12, seed: 20261120 },
    );
  }, 300_000);

  it('import of any state ends in an empty plan', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async (wanted) => {
        const bench = new Bench({ isEmpty: true });
        try {
          write(bench, wanted);
          await bench.apply();
          bench.write('all.yaml', '');
          const imported = await bench.importAll();
          expect(imported.skipped).toEqual([]);
          expect((await bench.plan()).plan.items).toEqual([]);
          for (const file of imported.files.keys()) bench.write(file, '');
        } finally {
          bench.remove();
        }
      }),
      { numRuns: isLong ? 300 : 12, seed: 7 },
    );
  }, 300_000);
});
