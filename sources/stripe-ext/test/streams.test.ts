import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { Ajv } from 'ajv';
import { fillEverything, idsOf, OBJECT_OF } from './fill.js';
import { configFor, configured, discover, read } from './run-stripe.js';

describe('streams', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 4, orders: 6, idleVisits: 0 });
    fillEverything(sandbox, '2024-08-20T00:00:00Z');
  });
  afterAll(() => sandbox.close());

  it('every stream gives its objects, each once, valid and without an undeclared field', async () => {
    const { streams } = await discover(configFor(sandbox));
    const names = streams.map(({ name }) => name);
    for (const mode of ['incremental', 'full_refresh']) {
      const { of, errors } = await read(
        configFor(sandbox),
        names.map((name) => configured(name, mode)),
      );
      expect(errors).toEqual([]);
      for (const { name, json_schema: schema } of streams) {
        const validate = new Ajv({ strict: false }).compile(schema);
        const declared = Object.keys(schema['properties'] as object);
        for (const row of of(name)) {
          expect([name, validate(row), validate.errors]).toEqual([name, true, null]);
          expect([name, Object.keys(row).filter((field) => !declared.includes(field))]).toEqual([name, []]);
        }
        const object = OBJECT_OF[name];
        const ids = of(name).map(({ id }) => String(id));
        if (object === undefined)
          expect([name, ids.length > 0, new Set(ids).size]).toEqual(['events', true, ids.length]);
        else expect([name, ids.sort()]).toEqual([name, idsOf(sandbox, object).sort()]);
      }
    }
  });
});
