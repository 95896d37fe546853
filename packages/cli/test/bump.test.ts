import fs from 'node:fs';
import path from 'node:path';
import { Repository } from './fake-terminal.js';

const CONNECTORS = `# Ours.
kind: Connectors
sources:
  shop: { image: "registry.example.com:5000/team/source-shop:0.1.0", path: sources/shop } # the web shop
  remote: { image: team/source-remote:2.0.0 }
destinations:
  lake:
    path: destinations/lake
    image: team/destination-lake@sha256:${'a'.repeat(64)}
`;

describe('cuttle connectors bump', () => {
  let repository: Repository;

  beforeEach(() => {
    repository = new Repository();
    repository.write('connections/shop/connectors.yaml', CONNECTORS);
    repository.write('sources/shop/package.json', '{ "version": "0.2.0" }');
    repository.write('destinations/lake/package.json', '{ "version": "1.0.0-rc.1" }');
  });
  afterEach(() => repository.remove());

  const text = () => fs.readFileSync(path.join(repository.root, 'connections/shop/connectors.yaml'), 'utf8');

  it('writes the versions of the folders, and nothing else; a second time it finds nothing', async () => {
    const first = await repository.run(['connectors', 'bump']);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(text()).toBe(
      CONNECTORS.replace('source-shop:0.1.0', 'source-shop:0.2.0').replace(/lake@sha256:a+/, 'lake:1.0.0-rc.1'),
    );
    expect(first.out).toContain(
      'registry.example.com:5000/team/source-shop:0.1.0 -> registry.example.com:5000/team/source-shop:0.2.0',
    );
    const second = await repository.run(['connectors', 'bump', '--json']);
    expect([second.code, JSON.parse(second.out)]).toEqual([0, { version: 1, changed: [] }]);
  });

  it('writes a tag for the connectors that are named', async () => {
    await repository.run(['connectors', 'bump', 'remote', '--tag', '2.1.0']);
    expect(text()).toBe(CONNECTORS.replace('remote:2.0.0', 'remote:2.1.0'));
  });

  it('--check changes nothing and exits with 1', async () => {
    const checked = await repository.run(['connectors', 'bump', '--check']);
    expect([checked.code, text()]).toEqual([1, CONNECTORS]);
    expect(checked.out).toContain('would change connections/shop/connectors.yaml');
  });

  it.each([
    [['shpo'], /No Connectors document has an image of "shpo".*shop/],
    [['--tag', '1.0.0'], /--tag needs the names/],
    [['shop', '--tag', 'a b'], /"a b" cannot be the tag/],
  ])('%j is refused, nothing is written', async (args, message) => {
    const refused = await repository.run(['connectors', 'bump', ...args]);
    expect([refused.code, refused.err]).toEqual([expect.any(Number), expect.stringMatching(message)]);
    expect(refused.code).toBeGreaterThan(0);
    expect(text()).toBe(CONNECTORS);
  });

  it('a folder without a version is told before anything is written', async () => {
    repository.write('destinations/lake/package.json', '{}');
    const refused = await repository.run(['connectors', 'bump']);
    expect([refused.err, text()]).toEqual([expect.stringContaining('"lake" has no version'), CONNECTORS]);
  });
});
