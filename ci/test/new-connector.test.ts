import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { copyRepository } from '../copy-repository.js';
import { guideScript } from '../guide-script.js';

const ROOT = path.join(__dirname, '..', '..');
const NAME = 'zebra-orders2';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-new-'));
  copyRepository(folder);
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const read = (file: string): string => fs.readFileSync(path.join(folder, file), 'utf8');
const filesBelow = (part: string): readonly string[] =>
  fs
    .readdirSync(path.join(folder, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
const run = (command: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
};
const create = (...args: readonly string[]) => run(process.execPath, 'ci/new-connector.js', ...args);

describe.each(['source', 'destination'])('new:%s', (kind) => {
  const own = `${kind}s/${NAME}`;

  it('lists with --dry-run what it then writes; writes nothing over what is there', () => {
    const planned = create(kind, NAME, '--dry-run');
    expect([planned.status, fs.existsSync(path.join(folder, own))]).toEqual([0, false]);
    const made = create(kind, NAME);
    expect([made.status, made.stderr]).toEqual([0, '']);
    const listed = [...planned.stdout.matchAll(/^would write (.*)$/gm)].map((match) => match[1]);
    expect(listed).toEqual(filesBelow(own));
    expect(made.stdout).toContain(`npx jest ${own}`);
    const before = read(`${own}/README.md`);
    expect(create(kind, NAME)).toMatchObject({ status: 1, stderr: `${own} is already there; nothing was written.\n` });
    expect(read(`${own}/README.md`)).toBe(before);
  });

  it('leaves no word of the template; ids and versions are its own', () => {
    const version = (JSON.parse(read('lerna.json')) as { version: string }).version;
    for (const file of filesBelow(own)) {
      expect([file, file.match(/acme|0\.0\.0/i)]).toEqual([file, null]);
      expect([file, read(file).match(/acme|\b0\.0\.0\b|00000000-0000/i)]).toEqual([file, null]);
    }
    const metadata = read(`${own}/metadata.yaml`);
    expect(metadata).toContain(`name: Zebra Orders2\n`);
    expect(metadata).toContain(`dockerImageTag: ${version}\n`);
    expect(read(`${own}/src/index.ts`)).toMatch(/export class ZebraOrders2(Source|Destination) /);
  });

  it('is part of the build and of the lock file, in the order that npm keeps', () => {
    const { references } = JSON.parse(read('tsconfig.json')) as { references: readonly { path: string }[] };
    expect(references).toContainEqual({ path: own });
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Readonly<Record<string, object>> };
    expect(packages[`node_modules/@cuttle/${kind}-${NAME}`]).toEqual({ resolved: own, link: true });
    expect(packages[own]).toMatchObject({ name: `@cuttle/${kind}-${NAME}` });
    const names = Object.keys(packages);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, 'en')));
    expect(fs.realpathSync(path.join(folder, 'node_modules', '@cuttle', `${kind}-${NAME}`))).toBe(
      fs.realpathSync(path.join(folder, own)),
    );
  });

  it('builds at once, and spec answers; lint finds nothing', () => {
    expect(run('node_modules/.bin/tsc', '-b', own)).toEqual({ status: 0, stdout: '', stderr: '' });
    const { stdout } = run(process.execPath, `${own}/bin/main.js`, 'spec');
    expect(JSON.parse(stdout)).toMatchObject({ type: 'SPEC', spec: JSON.parse(read(`${own}/resources/spec.json`)) });
    expect(run('node_modules/.bin/biome', 'ci', '--error-on-warnings', own).status).toBe(0);
  });

  it.each([
    [['Acme'], /"Acme" cannot be the name of a connector: lower case/],
    [['../escape'], /cannot be the name/],
    [['a'.repeat(41)], /at most 40 characters/],
    [[`${kind}-acme`], /Leave out/],
    [[], /One name is needed[\s\S]*Examples:/],
    [['one', 'two'], /One name is needed/],
    [['acme', '--force'], /There is no option --force/],
  ])('refuses %j and says why', (args, message) => {
    const before = fs.readdirSync(path.join(folder, `${kind}s`));
    expect(create(kind, ...args)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(message) });
    expect(fs.readdirSync(path.join(folder, `${kind}s`))).toEqual(before);
  });

  it('has a help with examples', () => {
    expect(create(kind, '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/Usage:[\s\S]*Examples:/),
    });
  });
});

describe('the guide', () => {
  const guide = fs.readFileSync(path.join(ROOT, 'docs', 'add-a-source.md'), 'utf8');

  it('is a script of its commands and files, in their order', () => {
    const script = guideScript(guide, 'ready');
    const order = [
      'npm run new:source -- acme',
      '(exec npm run stand-in',
      'cat > connections/acme/project.yaml',
      'cuttle run',
    ];
    const places = order.map((text) => script.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('names files that the generator makes', () => {
    const table = guide.split('| file | holds |')[1]!.split('\n\n')[0]!;
    const named = [...table.matchAll(/`([a-z][\w./-]*)`/g)].map((match) => match[1]!);
    const missing = named
      .filter((name) => name.includes('/') || name.includes('.'))
      .filter((name) => !fs.existsSync(path.join(ROOT, 'ci', 'templates', 'source', name)));
    expect([named.length > 10, missing]).toEqual([true, []]);
  });
});
