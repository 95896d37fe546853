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
