import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { judge } from '../advisories.js';
import { isAllowed, runtimePackages } from '../licences.js';

const ROOT = path.join(__dirname, '..', '..');

describe('supply chain', () => {
  it('X-11 the lock file is committed, install scripts are off, content is pinned', () => {
    const tracked = execFileSync('git', ['ls-files', 'package-lock.json', '.npmrc'], { cwd: ROOT, encoding: 'utf8' });
    expect(tracked.trim().split('\n').sort()).toEqual(['.npmrc', 'package-lock.json']);
    expect(fs.readFileSync(path.join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
    expect(runtimePackages().length).toBeGreaterThan(20);
    expect(runtimePackages().filter(({ isPinned }) => !isPinned)).toEqual([]);
  });

  it('X-11 what runs with our packages is under a licence of the list', () => {
    expect(runtimePackages().filter(({ licence }) => !isAllowed(licence))).toEqual([]);
    expect(isAllowed('Apache-2.0 AND MIT')).toBe(true);
    expect(isAllowed('GPL-3.0 OR MIT')).toBe(true);
    for (const licence of ['UNLICENSED', 'none', 'GPL-3.0', 'MIT AND GPL-3.0']) expect(isAllowed(licence)).toBe(false);
  });

  it('X-11 a high advisory is a finding; a low one, and a registry that does not answer, are none', () => {
    const title = 'Code runs';
    const via = [{ title, url: 'https://example.org/GHSA-1' }, 'other'];
    const report = { vulnerabilities: { a: { severity: 'high', range: '<2', via }, b: { severity: 'low', via: [] } } };
    expect(judge(JSON.stringify(report))).toEqual({
      kind: 'known',
      findings: ['high: a <2\n  Code runs https://example.org/GHSA-1'],
    });
    expect(judge('{"vulnerabilities":{}}')).toEqual({ kind: 'known', findings: [] });
    expect(judge('{"message":"405 Method Not Allowed","statusCode":405}')).toMatchObject({ kind: 'unknown' });
    for (const text of ['', 'null', '{}'])
      expect(judge(text)).toEqual({ kind: 'unknown', reason: 'npm gave no report' });
  });

  it('X-11 what is drawn in reports uses one version of the expression engine, without its known advisory', () => {
    const { packages } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
    const found = Object.entries<{ readonly version: string }>(packages).filter(([name]) =>
      name.endsWith('/vega-expression'),
    );
    expect(found.map(([name, { version }]) => [name, version])).toEqual([['node_modules/vega-expression', '5.2.1']]);
  });

  it('X-11 dependencies are named by exact versions', () => {
    const manifests = [
      'package.json',
      ...['packages', 'sources', 'destinations'].flatMap((group) =>
        fs.readdirSync(path.join(ROOT, group)).map((name) => `${group}/${name}/package.json`),
      ),
    ];
    for (const file of manifests.filter((name) => fs.existsSync(path.join(ROOT, name)))) {
      const { dependencies, devDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8'));
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
        expect([file, name, version]).toEqual([file, name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)]);
      }
    }
  });
});
