import fs from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { SOUND, testStack } from './stack.js';

/** Findings of a source whose connector has a spec of these properties, beside the sound documents. */
function findings(properties: JsonObject, config: string): readonly string[] {
  const stack = testStack({
    ...SOUND,
    'other.yaml': `kind: Connectors\nsources: { other: { path: connectors/other } }\n---\nkind: Source\nname: other\nconnector: other\nconfig: ${config}\n`,
  });
  try {
    const folder = path.join(stack.root, 'connectors/other/resources');
    fs.mkdirSync(folder, { recursive: true });
    const spec = { connectionSpecification: { type: 'object', properties } };
    fs.writeFileSync(path.join(folder, 'spec.json'), JSON.stringify(spec));
    return stack.findings();
  } finally {
    stack.remove();
  }
}

describe('a spec whose selectors are an enum of one', () => {
  const selector = (word: string) => ({ type: 'string', enum: [word], default: word });
  const variant = (word: string, own: JsonObject): JsonObject => ({
    type: 'object',
    // The region is the same in both: it tells nothing apart.
    properties: { region: { enum: ['all'] }, credential_type: selector(word), ...own },
    required: Object.keys(own),
  });
  const secret = { type: 'string', airbyte_secret: true };
  const credential = {
    type: 'object',
    oneOf: [variant('HMAC_KEY', { id: { type: 'string' }, secret }), variant('NONE', {})],
  };

  it.each([
    ['{ credential_type: HMAC_KEY, id: a, secret: { $env: S } }', []],
    ['{ credential_type: NONE }', []],
    ['{ credential_type: HMAC_KEY, id: a, secret: hunter2 }', [/SECRET_LITERAL config.credential.secret/]],
    ['{ credential_type: HMAC_KEY, secret: { $env: S } }', [/DOCUMENT_MISSING_KEY config.credential needs "id"/]],
    ['{ credential_type: NONE, id: a }', [/DOCUMENT_UNKNOWN_KEY Unknown key "id"/]],
    ['{ credential_type: HMAC }', [/DOCUMENT_UNKNOWN_VALUE .*HMAC_KEY, NONE/]],
  ])('checks what is inside: %s', (config, expected) => {
    const found = findings({ credential }, `{ credential: ${config} }`);
    expect(found).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });
});

describe('a spec that is not quite JSON Schema', () => {
  const broken = 'kind: Source\nname: shop2\nconnector: nope\nconfig: {}\n';

  it.each([
    ['2024-01', []],
    ['2024-1', [/^other\.yaml:7:18 DOCUMENT_INVALID config\.month does not have the expected form/]],
  ])('takes a pattern that is legal only without the flag u: %s', (month, expected) => {
    const found = findings({ month: { type: 'string', pattern: '^\\d{4}\\-01$' } }, `{ month: "${month}" }`);
    expect(found).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  it.each([
    ['a pattern of another language', { a: { type: 'string', pattern: '(?i)^a$' } }, 'PATTERN_NOT_CHECKED'],
    ['a reference to nothing', { a: { $ref: '#/definitions/none' } }, 'CONFIG_NOT_CHECKED'],
    ['a type that does not exist', { a: { type: 'text' } }, 'CONFIG_NOT_CHECKED'],
    ['a bound that is no number', { a: { type: 'string', minLength: 'two' } }, 'CONFIG_NOT_CHECKED'],
    ['an enum that is no list', { a: { enum: 'b' } }, 'CONFIG_NOT_CHECKED'],
  ])('%s is a warning, and the other documents are checked', (_what, properties, code) => {
    const found = findings(properties, `{ a: b }\n---\n${broken}`);
    expect(found).toEqual([
      expect.stringContaining(code),
      expect.stringMatching(/^other\.yaml:11:12 NAME_UNKNOWN .*"nope"/),
    ]);
  });
});

describe('a spec whose own example its format refuses', () => {
  const time = { type: 'string', format: 'date-time' };

  it.each([
    ['a date like the example', { ...time, examples: ['2021-11-16'] }, '2024-05-06', 'FORMAT_NOT_CHECKED'],
    ['a year like the example', { ...time, examples: ['2020', '2021-11-16'] }, '2024', 'FORMAT_NOT_CHECKED'],
    ['a number as example', { ...time, examples: [2020] }, '2024', 'FORMAT_NOT_CHECKED'],
    ['a date like the default', { ...time, default: '2021-11-16' }, '2024-05-06', 'FORMAT_NOT_CHECKED'],
    ['a date by the pattern', { ...time, pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }, '2024-05-06', 'FORMAT_NOT_CHECKED'],
    ['a word', { ...time, examples: ['2021-11-16'] }, 'yesterday', 'DOCUMENT_INVALID'],
    [
      'a date beside a sound example',
      { ...time, examples: ['2021-11-16T00:00:00Z'] },
      '2024-05-06',
      'DOCUMENT_INVALID',
    ],
    ['no such day', { type: 'string', format: 'date', examples: ['2021-11-16'] }, '2024-02-31', 'DOCUMENT_INVALID'],
  ])('%s', (_what, since, value, code) => {
    expect(findings({ since }, `{ since: "${value}" }`)).toEqual([expect.stringContaining(` ${code} `)]);
  });
});
