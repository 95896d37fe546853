import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
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
});
