import fs from 'node:fs';
import { type ConnectorSpecification, isJsonObject, type JsonObject } from '@cuttle/protocol';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { ConnectorBench, ConnectorProfile } from '../connector/profile.js';
import { expectGolden, readJson } from '../harness/golden.js';
import { messagesOf } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import { connectorFile } from '../harness/workspace.js';
import { randomConfig, randomNumbers } from './random-config.js';
import { specBreaks } from './spec-breaks.js';
import {
  helpProblems,
  keywordProblems,
  layoutProblems,
  oneOfProblems,
  secretProblems,
  shapeProblems,
} from './spec-rules.js';

/** SPEC: the answer of `spec`. */
export function specSuite(profile: ConnectorProfile): void {
  let bench: ConnectorBench;
  let spec: ConnectorSpecification;
  let schema: JsonObject;
  beforeAll(async () => {
    bench = await profile.open('here');
    const result = await bench.run(['spec']);
    expect(result.messages.map(({ message }) => message.type)).toEqual(['SPEC']);
    spec = messagesOf(result, 'SPEC')[0]!.spec;
    schema = spec.connectionSpecification;
  });
  afterAll(() => bench.close());
  const check = (id: string, title: string, run: () => void | Promise<void>) =>
    statement(id, title, profile.bypass, async () => run());

  check('SPEC-01', 'exactly one SPEC, as checked in, a valid draft 7 schema', () => {
    expectGolden(connectorFile(profile.folder, 'test', 'golden', 'spec.json'), spec);
    expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#');
    const ajv = makeAjv();
    expect([ajv.validateSchema(schema), ajv.errors]).toEqual([true, null]);
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  check('SPEC-02', 'the sample config is valid; without a required field it is not', () => {
    const validate = compile(schema);
    const sample = sampleConfig(profile);
    expect([validate(sample), validate.errors]).toEqual([true, null]);
    const required = schema['required'] as readonly string[];
    expect(required.length).toBeGreaterThan(0);
    for (const name of required) {
      const { [name]: _left, ...rest } = sample;
      expect([name, validate(rest)]).toEqual([name, false]);
    }
  });

  check('SPEC-03', 'no keyword that the form cannot show', () => expect(keywordProblems(schema)).toEqual([]));
  check('SPEC-04', 'variants are told apart by one constant', () => expect(oneOfProblems(schema)).toEqual([]));
  check('SPEC-05', 'enums, arrays, objects and types are well formed', () => expect(shapeProblems(schema)).toEqual([]));
  check('SPEC-06', 'secrets are marked as such', () => expect(secretProblems(schema)).toEqual([]));
  check('SPEC-07', 'extra fields are allowed; order is unique', () => expect(layoutProblems(schema)).toEqual([]));
  check('SPEC-08', 'fields are explained, dates have patterns', () => expect(helpProblems(schema)).toEqual([]));

  check('SPEC-09', 'configs of every released spec stay valid: nothing broken, 100 random configs each', () => {
    const now = compile(schema);
    const folder = connectorFile(profile.folder, 'test', 'released');
    const files = fs.readdirSync(folder).filter((name) => name.startsWith('spec-'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const released = (readJson(`${folder}/${file}`) as ConnectorSpecification).connectionSpecification;
      expect([file, specBreaks(released, schema)]).toEqual([file, []]);
      const before = compile(released);
      const random = randomNumbers(20_240_601);
      let valid = 0;
      for (let tries = 0; valid < 100 && tries < 2000; tries += 1) {
        const config = randomConfig(released, random);
        if (!before(config)) continue;
        valid += 1;
        expect([config, now(config), now.errors]).toEqual([config, true, null]);
      }
      expect(valid).toBe(100);
    }
  });

  check('SPEC-10', 'says its protocol version, documentation and sync modes', () => {
    expect(spec.protocol_version).toMatch(/^0\.\d+\.\d+$/);
    expect(spec.documentationUrl).toMatch(/^https:\/\//);
    const modes = spec.supported_destination_sync_modes ?? [];
    if (profile.kind === 'destination') expect([...modes].sort()).toEqual(['append', 'append_dedup', 'overwrite']);
    else expect(modes).toEqual([]);
  });
}

function sampleConfig(profile: ConnectorProfile): JsonObject {
  const sample = readJson(connectorFile(profile.folder, 'resources', 'sample-config.json'));
  if (!isJsonObject(sample)) throw new Error('the sample config is no object');
  return Object.fromEntries(Object.entries(sample).filter(([name]) => !name.startsWith('_')));
}

function compile(schema: JsonObject): ValidateFunction {
  return makeAjv().compile(schema);
}

function makeAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  (typeof addFormats === 'function' ? addFormats : (addFormats as { default: (ajv: Ajv) => Ajv }).default)(ajv);
  return ajv;
}
