import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { startSandbox } from '@cuttle/sandbox';
import { DuckdbFile, makeFolder, ROOT, removeFolder, writeJson } from '@cuttle/testing';
import { docker, open } from './container.js';

/** The code block of the README that pipes images; it is run as it stands there. */
function pipeline(): string {
  const blocks = [...fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)];
  const found = blocks.map(([, text]) => text!).filter((text) => text.includes('docker run'));
  expect(found).toHaveLength(1);
  return found[0]!;
}

/**
 * A `docker` in front of the real one that joins containers to the network of this machine, where the stand-in of Bubble
 * listens. Everything else is passed on as it was typed.
 */
function writeDocker(folder: string): void {
  const real = execFileSync('sh', ['-c', 'command -v docker'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh\nword=$1\nshift\nexec ${real} "$word" --network host "$@"\n`;
  fs.writeFileSync(path.join(folder, 'docker'), script, { mode: 0o755 });
}

describe('README', () => {
  it('I-04 the printed pipeline of two images loads a DuckDB file', async () => {
    const folder = makeFolder();
    const sandbox = await startSandbox({ users: 12, orders: 3, idleVisits: 0 });
    try {
      const secrets = path.join(folder, 'secrets');
      fs.cpSync(path.join(ROOT, 'docs', 'examples', 'docker'), secrets, { recursive: true });
      fs.mkdirSync(path.join(folder, 'data'));
      const example = JSON.parse(fs.readFileSync(path.join(secrets, 'config.json'), 'utf8')) as object;
      expect(Object.keys(example)).toEqual(['app_url', 'api_token']);
      const { baseUrl, token } = sandbox.bubble;
      writeJson(secrets, 'config.json', { ...example, base_url: baseUrl, api_token: token, allow_private_hosts: true });
      open(folder, 'read');
      open(secrets, 'read');
      const bin = makeFolder();
      writeDocker(bin);
      const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };
      const child = spawn('sh', ['-e', '-c', pipeline()], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let told = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text) => (told += text));
      const [code] = await once(child, 'close');
      removeFolder(bin);
      expect([code, told]).toEqual([0, expect.stringContaining('SUCCEEDED')]);
      const rows = await new DuckdbFile(path.join(folder, 'data', 'shop.duckdb')).rows('raw', 'user');
      const ids = sandbox.control.run('bubble.ids', { type: 'user' }) as readonly string[];
      expect(rows?.map((row) => row['_id']).sort()).toEqual([...ids].sort());
    } finally {
      await sandbox.close();
      removeFolder(folder);
    }
  });

  it('the images are there under the names that it uses', () => {
    for (const name of new Set(pipeline().match(/\b(source|destination)-\w+\b/g))) {
      expect(docker(['image', 'inspect', '-f', '{{.Config.User}}', name]).trim()).toBe('1000');
    }
  });
});
