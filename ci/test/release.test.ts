import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { releaseProblems } from '../release/check.js';
import { setVersion } from '../release/set-version.js';

const ROOT = path.join(__dirname, '..', '..');
const NEXT = '7.8.9-rc.1';
const STATING =
  /^(lerna\.json|CHANGELOG\.md|(packages|sources|destinations)\/[^/]+\/(package\.json|metadata\.yaml|README\.md)|connections\/[^/]+\/connectors\.yaml)$/;

describe('release:version', () => {
  let root: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-release-'));
    const options = { cwd: ROOT, encoding: 'utf8' } as const;
    const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], options).split('\n');
    for (const file of files.filter((name) => STATING.test(name) && fs.existsSync(path.join(ROOT, name)))) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.copyFileSync(path.join(ROOT, file), path.join(root, file));
    }
  });
  afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

  const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
  const connectors = () =>
    ['sources', 'destinations'].flatMap((group) =>
      fs.readdirSync(path.join(root, group)).map((name) => `${group}/${name}`),
    );

  function writeChangelogs(): void {
    for (const folder of connectors()) fs.appendFileSync(path.join(root, folder, 'README.md'), `| ${NEXT} | news |\n`);
    fs.appendFileSync(path.join(root, 'CHANGELOG.md'), `\n## ${NEXT}\n`);
  }

  it('writes one version into all that state it; nothing keeps the old one', () => {
    const { version: old } = JSON.parse(read('lerna.json')) as { version: string };
    writeChangelogs();
    const changed = setVersion(root, NEXT);
    expect(changed).toEqual(expect.arrayContaining(['lerna.json', 'packages/cdk/package.json']));
    for (const file of changed) {
      const text = read(file);
      expect([file, text]).toEqual([file, expect.stringContaining(NEXT)]);
      const stated = [...text.matchAll(/("version": "|"@cuttle\/[^"]+": "|dockerImageTag: |image: "[^"]+:)([^"\n]+)/g)];
      expect([file, stated.map((match) => match[2]).filter((value) => value === old)]).toEqual([file, []]);
    }
    expect(changed.length).toBeGreaterThan(connectors().length * 2);
  });

  it('asks for the changelogs first and writes nothing', () => {
    const before = read('sources/bubble/package.json');
    expect(() => setVersion(root, NEXT)).toThrow(/CHANGELOG\.md: a section[\s\S]*sources\/bubble\/README\.md: a row/);
    expect(() => setVersion(root, 'next')).toThrow(/"next" is no version/);
    expect(read('sources/bubble/package.json')).toBe(before);
  });

  describe('release:check', () => {
    const pinned = { BASE_IMAGE: `node@sha256:${'0'.repeat(64)}` };
    const version = () => (JSON.parse(read('lerna.json')) as { version: string }).version;

    it('finds nothing in this checkout when the base is named by a digest and the tag is the version', () => {
      expect(releaseProblems(root, pinned)).toEqual([]);
      const tagged = { ...pinned, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: `v${version()}` };
      expect(releaseProblems(root, tagged)).toEqual([]);
      const mirror = { BASE_IMAGE: `registry.example.com:5000/mirror/node@sha256:${'a'.repeat(64)}` };
      expect(releaseProblems(root, mirror)).toEqual([]);
    });

    it.each([
      undefined,
      '',
      'node:24-bookworm-slim',
      'node@',
      'node@sha256:abc',
      `node:24@sha1:${'0'.repeat(64)}`,
    ])('refuses the base %j', (base) => {
      expect(releaseProblems(root, base === undefined ? {} : { BASE_IMAGE: base })).toEqual([
        expect.stringContaining('a release is built on a digest'),
      ]);
    });

    it('names another tag, a version that differs and a changelog without the section', () => {
      const file = path.join(root, 'packages/cdk/package.json');
      fs.writeFileSync(file, read('packages/cdk/package.json').replaceAll(`"${version()}"`, '"0.0.9"'));
      fs.writeFileSync(path.join(root, 'CHANGELOG.md'), '# Changelog\n');
      const problems = releaseProblems(root, { ...pinned, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v9.9.9' });
      expect(problems).toEqual([
        expect.stringMatching(/The tag is v9\.9\.9/),
        expect.stringMatching(/CHANGELOG\.md/),
        expect.stringMatching(/packages\/cdk\/package\.json: version is 0\.0\.9/),
        expect.stringMatching(/packages\/cdk\/package\.json: @cuttle\/protocol is 0\.0\.9/),
      ]);
    });
  });

  it('a dry run of the npm packages: what a user needs is in each connector, tests are in none', () => {
    const text = execFileSync('npm', ['pack', '--workspaces', '--dry-run', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const packed = JSON.parse(text) as readonly {
      readonly name: string;
      readonly files: readonly { readonly path: string }[];
    }[];
    for (const { name, files } of packed) {
      const paths = files.map((file) => file.path);
      expect([name, paths.filter((file) => /^(test|src)\/|tsbuildinfo$/.test(file))]).toEqual([name, []]);
      expect([name, paths]).toEqual([
        name,
        expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts']),
      ]);
      if (!/\/(source|destination)-/.test(name)) continue;
      expect([name, paths]).toEqual([
        name,
        expect.arrayContaining(['README.md', 'bin/main.js', 'resources/spec.json', 'resources/sample-config.json']),
      ]);
    }
    expect(packed.length).toBeGreaterThan(connectors().length);
  });
});
