import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AirbyteStandIn, addWorkspace } from '@cuttle/sandbox';
import { copyRepository } from '../copy-repository.js';
import { guideScript } from '../guide-script.js';

const ROOT = path.join(__dirname, '..', '..');
const REGISTRY = 'registry.example.com/team/';

describe('docs/install-in-airbyte.md', () => {
  let folder: string;
  let airbyte: AirbyteStandIn;
  let server: { readonly url: string; close(): Promise<void> };
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-guide-'));
    copyRepository(folder);
    airbyte = new AirbyteStandIn({ tokenSeconds: 86_400 });
    addWorkspace(airbyte, 'Shop');
    const { images } = airbyte.store;
    images.set(`${REGISTRY}source-bubble:0.1.0`, images.get('acme/source-bubble:0.3.0')!);
    images.set(`${REGISTRY}destination-duckdb:0.1.0`, images.get('airbyte/destination-duckdb:0.4.0')!);
    server = await airbyte.listen();
  });
  afterAll(async () => {
    await server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('followed to the letter, the API and cuttle apply leave each connector once', async () => {
    const { clientId, clientSecret } = airbyte.store.settings;
    const env = {
      ...process.env,
      AIRBYTE_URL: server.url,
      AIRBYTE_CLIENT_ID: clientId,
      AIRBYTE_CLIENT_SECRET: clientSecret,
      BUBBLE_API_TOKEN: '0123456789abcdef0123456789abcdef',
    };
    const script = guideScript(fs.readFileSync(path.join(ROOT, 'docs', 'install-in-airbyte.md'), 'utf8'));
    const said = await bash(script, folder, env);
    expect(said).toEqual({ code: 0, text: expect.stringContaining('Applied: 3 done, 0 failed') });
    const made = [...airbyte.store.definitions.values()].map(
      ({ name, repository, tag }) => `${name} ${repository}:${tag}`,
    );
    expect(made.sort()).toEqual([
      `Bubble ${REGISTRY}source-bubble:0.1.0`,
      `DuckDB ${REGISTRY}destination-duckdb:0.1.0`,
    ]);
  });
});

/** Runs a script; this process has to stay free, since the server lives in it. */
function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; text: string }> {
  const child = spawn('bash', ['-c', script], { cwd, env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, text })));
}
