import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { schemaFiles } from '../src/index.js';
import { testStack } from './stack.js';

const ROOT = path.join(__dirname, '../../..');

describe('schema files', () => {
  it('connections/schema is current; if not, run `node ci/generate-schemas.js`', () => {
    const folder = path.join(ROOT, 'connections/schema');
    const written = new Map(
      fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
    );
    expect(new Map([...written].sort())).toEqual(new Map([...schemaFiles(ROOT)].sort()));
  });

  it('each file is a valid draft 7 schema, and editors reach the config of a connector through the documents', () => {
    const stack = testStack({});
    fs.mkdirSync(path.join(stack.root, 'sources'));
    fs.renameSync(path.join(stack.root, 'connectors/shop'), path.join(stack.root, 'sources/shop'));
    const files = schemaFiles(stack.root);
    const ajv = new Ajv({ strict: false, logger: false });
    for (const [name, text] of files) ajv.addSchema(JSON.parse(text), name);
    const validate = ajv.getSchema('cuttle.json')!;
    const source = (config: unknown): unknown => ({ kind: 'Source', name: 's', connector: 'shop', config });
    expect(validate(source({ url: 'x', token: { $env: 'T' } }))).toBe(true);
    expect(validate(source({ url: 'x', token: 'literal' }))).toBe(false);
    expect(validate(source({ url: 'x', token: { $env: 'T' }, tokn: 1 }))).toBe(false);
    stack.remove();
  });
});
