import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LoadedProject, loadProject } from '../src/index.js';

/** Spec of the connector that the test stacks use. */
export const SPEC = {
  connectionSpecification: {
    type: 'object',
    required: ['url', 'token'],
    additionalProperties: true,
    properties: {
      url: { type: 'string', title: 'URL' },
      token: { type: 'string', airbyte_secret: true },
      pages: { type: 'integer', minimum: 1 },
      accounts: { type: 'array', items: { type: 'string' } },
      method: {
        type: 'object',
        oneOf: [
          { type: 'object', properties: { kind: { type: 'string', const: 'plain' } }, required: ['kind'] },
          {
            type: 'object',
            properties: { kind: { type: 'string', const: 'key' }, key: { type: 'string', airbyte_secret: true } },
            required: ['kind', 'key'],
          },
        ],
      },
    },
  },
};

const CONNECTORS = `kind: Connectors
sources:
  shop: { path: connectors/shop }
destinations:
  file: { path: connectors/shop }
`;

/** A repository in a temp folder with one stack. */
export interface TestStack {
  readonly root: string;
  readonly folder: string;
  load(): LoadedProject;
  /** The findings as `file:line:column code message`. */
  findings(): readonly string[];
  /** Writes one more file, or one again. */
  write(name: string, text: string): void;
  remove(): void;
}

/** Writes the files of a stack `connections/test`; a Connectors document is added unless the files hold one. */
export function testStack(files: { readonly [name: string]: string | Buffer }): TestStack {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-project-'));
  const folder = path.join(root, 'connections', 'test');
  fs.mkdirSync(folder, { recursive: true });
  fs.mkdirSync(path.join(root, 'connectors/shop/resources'), { recursive: true });
  fs.writeFileSync(path.join(root, 'connectors/shop/resources/spec.json'), JSON.stringify(SPEC));
  const all = { 'connectors.yaml': CONNECTORS, ...files };
  for (const [name, text] of Object.entries(all)) fs.writeFileSync(path.join(folder, name), text);
  const load = (): LoadedProject => loadProject(folder);
  return {
    root,
    folder,
    load,
    findings: () =>
      load().diagnostics.map(
        (entry) => `${path.basename(entry.file)}:${entry.line}:${entry.column} ${entry.code} ${entry.message}`,
      ),
    write: (name, text) => fs.writeFileSync(path.join(folder, name), text),
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  };
}

/** A stack without findings. */
export const SOUND = {
  'project.yaml': `kind: Project
name: test
targets:
  local:
    type: local
    destinationOverrides: { warehouse: local-file }
  demo:
    type: local
    destinationOverrides: { warehouse: local-file }
    configOverrides:
      shop: { url: { $env: SANDBOX_URL } }
  prod:
    type: airbyte
    url: { $env: AIRBYTE_URL }
`,
  'actors.yaml': `kind: Source
name: shop
connector: shop
config:
  url: https://example.org
  token: { $env: SHOP_TOKEN }
---
kind: Destination
name: warehouse
connector: file
config: { url: remote, token: { $secretRef: shop/token } }
---
kind: Destination
name: local-file
connector: file
config: { url: local, token: { $file: token.txt } }
`,
  'connections.yaml': `kind: Connection
name: shop to warehouse
source: shop
destination: warehouse
namespace: { format: RAW }
prefix: shop_
streams:
  "*": { sync: incremental dedup, cursor: updated, primaryKey: [id] }
  orders:
  customers: { transform: [{ hash: email }] }
  refunds: { enabled: false }
---
kind: Pipeline
name: all
steps:
  - sync: [shop to warehouse]
`,
};
