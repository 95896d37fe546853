import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { airbyteFolder, dataFolder } from '@cuttle/testing';
import { Ajv, type ValidateFunction } from 'ajv';
import { RESOURCES } from '../src/resource.js';
import { fillEverything, OBJECT_OF } from './fill.js';
import { configFor, discover, read } from './run-stripe.js';

/** Fields that the official connector had turned into texts; no schema of Stripe's own types can take them. */
const TURNED_INTO_TEXT = new Set(['shipping_rates.delivery_estimate', 'credit_notes.discount_amount']);

describe('schemas and event types', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2, idleVisits: 0 });
    fillEverything(sandbox, '2024-08-20T00:00:00Z');
  });
  afterAll(() => sandbox.close());

  const validators = async (version: string): Promise<Map<string, ValidateFunction>> => {
    const { streams } = await discover(configFor(sandbox, { api_version: version }));
    const ajv = new Ajv({ strict: false });
    return new Map(streams.map(({ name, json_schema: schema }) => [name, ajv.compile(schema)]));
  };

  it('STR-06 the event types of each kind are those of Stripe’s typings (naive variant: a list kept by hand lacks refund.failed)', () => {
    const file = join(dirname(require.resolve('stripe')), 'resources', 'Events.d.ts');
    const text = readFileSync(file, 'utf8');
    const types = new Map<string, string[]>();
    for (const [, type = '', object = ''] of text.matchAll(/\n {4}type: '([^']+)';[\s\S]*?\n {8}object: ([\w.]+);/g)) {
      types.set(object, [...(types.get(object) ?? []), type]);
    }
    expect(types.size).toBeGreaterThan(50);
    const unreliable = new Set(['accounts']);
    for (const { stream, object, events } of RESOURCES) {
      const typing = object
        .split(/[._]/)
        .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
        .join('');
      const known =
        [...types].find(([name]) => name.replace('.', '').toLowerCase() === typing.toLowerCase())?.[1] ?? [];
      const wanted = unreliable.has(stream) ? [] : known.filter((type) => type !== 'invoice.upcoming');
      expect([stream, [...events].sort()]).toEqual([stream, wanted.sort()]);
    }
    const all = RESOURCES.flatMap(({ events }) => events);
    expect(all).toEqual(
      expect.arrayContaining(['refund.failed', 'invoice.overpaid', 'invoice.payment_attempt_required']),
    );
    expect(all).not.toContain('invoice.upcoming');
  });

  it('STR-19 values keep Stripe’s own JSON types (naive variant: the SDK’s list types and casts of the official rows)', async () => {
    const names = Object.keys(OBJECT_OF);
    const { of } = await read(configFor(sandbox), names);
    for (const stream of names) {
      const rows = new Map(of(stream).map((row) => [row['id'], row]));
      for (const stored of sandbox.control.run('stripe.all', { object: OBJECT_OF[stream] }) as JsonObject[]) {
        const row = rows.get(stored['id'] as string)!;
        const shared = Object.keys(stored).filter((name) => name in row && name !== 'updated' && name !== 'discounts');
        for (const name of shared) expect([stream, name, row[name]]).toEqual([stream, name, stored[name]]);
      }
    }
    const [link] = of('file_links');
    const [transaction] = of('customer_balance_transactions');
    expect([link?.['expired'], transaction?.['amount']]).toEqual([false, -500]);
    // What the official rows hold in their place: 0 for false, -50000.0 for a whole number.
    const validate = (await validators('2026-10-28.endive')).get('file_links')!;
    expect([validate(link), validate({ ...link, expired: 0 })]).toEqual([true, false]);
  });

  const data = dataFolder();
  (data === undefined ? it.skip : it)(
    'STR-23 every sample object of Stripe is valid under its stream’s schema (naive variant: another kind’s schema)',
    async () => {
      const { resources } = JSON.parse(readFileSync(join(data!, 'stripe', 'fixtures3.json'), 'utf8')) as {
        resources: Record<string, JsonObject>;
      };
      const schemas = await validators('2026-10-28.endive');
      for (const [stream, object] of [...Object.entries(OBJECT_OF), ['events', 'event'] as const]) {
        const sample = resources[object]!;
        const validate = schemas.get(stream)!;
        expect([stream, validate(sample), validate.errors]).toEqual([stream, true, null]);
      }
      expect(schemas.get('refunds')!({ ...resources['charge'], destination_details: 'text' })).toBe(false);
    },
  );

  const recorded = join(airbyteFolder() ?? '', 'recorded-streams', 'source-stripe', 'expected_records.jsonl');
  (existsSync(recorded) ? it : it.skip)(
    'STR-23 every recorded row of 2022-11-15 is valid under our schema of that version',
    async () => {
      const schemas = await validators('2022-11-15');
      const { streams } = await discover(configFor(sandbox, { api_version: '2022-11-15' }));
      const declared = new Map(
        streams.map(({ name, json_schema }) => [name, Object.keys(json_schema['properties'] as object)]),
      );
      const rows = readFileSync(recorded, 'utf8').split('\n').filter(Boolean);
      let checked = 0;
      for (const line of rows) {
        const { stream, data: row } = JSON.parse(line) as { stream: string; data: JsonObject };
        const validate = schemas.get(stream);
        if (validate === undefined) continue;
        checked += 1;
        const kept = Object.fromEntries(
          Object.entries(row).filter(([name]) => !TURNED_INTO_TEXT.has(`${stream}.${name}`)),
        );
        expect([stream, validate(kept), validate.errors]).toEqual([stream, true, null]);
        expect([stream, Object.keys(kept).filter((name) => !declared.get(stream)?.includes(name))]).toEqual([
          stream,
          [],
        ]);
      }
      expect(checked).toBeGreaterThan(60);
    },
  );
});
