import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateConfig } from '@cuttle/airbyte-cdk';
import type { JsonObject, JsonSchema } from '@cuttle/protocol';
import type { Ga4Config } from '../src/config.js';
import { run } from './harness.js';

const spec = JSON.parse(readFileSync(join(__dirname, '../resources/spec.json'), 'utf8')) as {
  connectionSpecification: JsonSchema & { properties: Record<string, JsonObject>; required: string[] };
};
const { connectionSpecification } = spec;
const { properties } = connectionSpecification;

/** One entry for each field of the typed config; the compiler keeps it complete. */
const FIELDS: Record<keyof Required<Ga4Config>, true> = {
  project_id: true,
  dataset: true,
  job_project_id: true,
  credentials_json: true,
  start_date: true,
  window_days: true,
  include_intraday: true,
  append_unsettled: true,
  read_method: true,
  maximum_bytes_billed: true,
  event_names: true,
  base_url: true,
};

const SAMPLE = { project_id: 'my-project', dataset: 'analytics_1' };

describe('spec', () => {
  it('SPEC-01 is what the command says', async () => {
    const result = await run('spec', {}, 0);
    expect(result.messages).toEqual([{ type: 'SPEC', spec }]);
  });

  it("has the fields of the typed config, and the kit's own", () => {
    expect(Object.keys(properties).sort()).toEqual([...Object.keys(FIELDS), 'allow_private_hosts'].sort());
  });

  it('SPEC-02 takes a sample and fills in defaults; refuses it without a required field', async () => {
    const config = await validateConfig(connectionSpecification, SAMPLE);
    expect(config).toMatchObject({ window_days: 4, read_method: 'auto', include_intraday: false });
    for (const name of connectionSpecification.required) {
      const { [name as keyof typeof SAMPLE]: _left, ...rest } = SAMPLE;
      await expect(validateConfig(connectionSpecification, rest)).rejects.toThrow(name);
    }
  });

  it.each([
    ['project_id', 'a`; drop table x'],
    ['dataset', 'a.b'],
    ['start_date', '01/02/2024'],
    ['read_method', 'storage'],
    ['window_days', 0],
  ])('refuses %s = %j', async (name, value) => {
    await expect(validateConfig(connectionSpecification, { ...SAMPLE, [name]: value })).rejects.toThrow(name);
  });

  it('SPEC-03 SPEC-06 SPEC-07 uses no forbidden words, hides the key, orders each field once', () => {
    const text = JSON.stringify(connectionSpecification);
    expect(text).not.toMatch(/"(\$ref|not|anyOf|allOf|patternProperties|prefixItems|if|then|else|dependent\w+)":/);
    expect(properties['credentials_json']).toMatchObject({ airbyte_secret: true });
    const orders = Object.values(properties).map((property) => property['order']);
    expect(new Set(orders).size).toBe(orders.length);
  });

  it('SPEC-08 titles and describes every field, with an example or a choice', () => {
    for (const [name, property] of Object.entries(properties)) {
      const { title, description, examples, default: preset, enum: choices } = property;
      expect([name, typeof title, typeof description]).toEqual([name, 'string', 'string']);
      expect([name, (examples ?? preset ?? choices) !== undefined]).toEqual([name, true]);
    }
  });
});
