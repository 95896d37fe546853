import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectorInstance } from '@cuttle/project';
import { imageLauncher } from '../src/index.js';
import { containerArguments } from '../src/process/image-launcher.js';

/** Stands for docker: notes its arguments, one call a line, and stays while it runs a container. */
const DOCKER = `#!/bin/sh
echo "$*" >> "$(dirname "$0")/calls"
[ "$1" = run ] && exec cat
[ "$1" = version ] && [ -e "$(dirname "$0")/no-engine" ] && { echo 'Cannot connect to the Docker daemon' >&2; exit 1; }
exit 0
`;

function instance(role: 'source' | 'destination', image?: string): ConnectorInstance {
  const connector = { role, key: 'shop', ...(image === undefined ? {} : { image }) };
  return { role, name: 'shop', connector: connector as ConnectorInstance['connector'], config: [] };
}

describe('image launcher', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-images-'));
    fs.writeFileSync(path.join(folder, 'docker'), DOCKER, { mode: 0o755 });
    environment = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const calls = () => fs.readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n');

  it('a source gets its files only, on a read-only root without capabilities', () => {
    const files = { config: '/run/1/source-config.json', catalog: '/run/1/source-catalog.json' };
    const args = containerArguments('c1', {
      instance: instance('source', 'acme/source-shop:1.2.3'),
      command: 'read',
      files,
      folder: '/project',
    });
    const at = args.indexOf('acme/source-shop:1.2.3');
    expect(args.slice(at + 1)).toEqual([
      'read',
      ...['--config', '/config/source-config.json', '--catalog', '/config/source-catalog.json'],
    ]);
    const options = args.slice(0, at).join(' ');
    expect(options).toContain('--read-only');
    expect(options).toContain('--cap-drop ALL --security-opt no-new-privileges');
    expect(options).toContain('--volume /run/1/source-config.json:/config/source-config.json:ro');
    expect(options).not.toContain('/project');
  });

  it('a destination works in the folder of the project, and sees the processes of the machine', () => {
    const request = { command: 'write', files: { config: '/run/1/c.json' }, folder: '/project' } as const;
    const args = containerArguments('c1', { instance: instance('destination', 'd:1'), ...request });
    expect(args.join(' ')).toContain('--pid host --volume /project:/project --workdir /project -- d:1 write');
  });

  it('a connector without an image is refused by name', () => {
    const request = { instance: instance('source'), command: 'spec', files: {}, folder } as const;
    expect(() => containerArguments('c1', request)).toThrow(/source connector "shop" names no image/);
  });

  it('without an engine nothing is started', () => {
    fs.writeFileSync(path.join(folder, 'no-engine'), '');
    expect(() => imageLauncher(environment)).toThrow(/from images: Cannot connect to the Docker daemon/);
    expect(() => imageLauncher({ PATH: '/nowhere' })).toThrow(/from images: .*ENOENT/);
  });

  it('the container goes when its docker command is killed', async () => {
    const child = imageLauncher(environment).start({
      instance: instance('source', 's:1'),
      command: 'read',
      files: {},
      folder,
    });
    child.stdin?.write('started\n');
    await once(child.stdout!, 'data');
    process.kill(-child.pid!, 'SIGKILL');
    await once(child, 'exit');
    const [, name] = /--name (\S+)/.exec(calls()[1]!)!;
    while (calls().length < 3) await sleep(10);
    expect(calls()[2]).toBe(`rm --force -- ${name}`);
  });

  it('the end of a destination is left to the end of its input', async () => {
    const request = { command: 'write', files: {}, folder } as const;
    const child = imageLauncher(environment).start({ instance: instance('destination', 'd:1'), ...request });
    child.stdin?.end();
    await once(child, 'exit');
    expect(calls().map((call) => call.split(' ')[0])).toEqual(['version', 'run']);
  });
});
