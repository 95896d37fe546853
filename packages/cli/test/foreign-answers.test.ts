import fs from 'node:fs';
import path from 'node:path';
import { Repository } from './fake-terminal.js';

const CANARY = 'canary-token-7f3a';

describe('answers of a connector that masks nothing', () => {
  const repository = new Repository();
  afterAll(() => repository.remove());
  const environment = { ACME_TOKEN: CANARY };
  const token = { $env: 'ACME_TOKEN' };

  it('X-01 check, discover and preview show no secret, as text and as JSON', async () => {
    repository.writeShop({ a: { token, leaks: token, check_fails: true } });
    for (const command of ['check', 'discover', 'preview'])
      for (const more of [[], ['--json']]) {
        const { out, err } = await repository.run([command, 'from a', ...more], { environment });
        expect([command, (out + err).includes(CANARY)]).toEqual([command, false]);
        expect([command, out.length > 0]).toEqual([command, true]);
      }
    const check = await repository.run(['check', 'from a'], { environment });
    expect(check.out).toBe('from a: check failed: The token **** is wrong.\n');
  });

  it('X-01 a run moves records as they are and shows no secret', async () => {
    repository.writeShop({ a: { token, leaks: token, stderr: `no ${CANARY}` } });
    const { out, err, code } = await repository.run(['run', 'a', '--verbose'], { environment });
    expect([code, (out + err).includes(CANARY), err.includes('no ****')]).toEqual([0, false, true]);
    const rows = fs.readFileSync(path.join(repository.root, 'rows', 'a', 'default.orders.jsonl'), 'utf8');
    expect(rows).toContain(CANARY);
  });

  it('gets no variable of the environment but those of the machine and those its entry lists', async () => {
    const file = path.join(repository.root, 'environment.json');
    const text = JSON.stringify({ environment_file: file, streams: [] });
    const documents = (more: string): string =>
      `kind: Connectors\nsources: { fake: { path: ${FIXTURE}${more} } }\n---\nkind: Source\nname: s\nconnector: fake\nconfig: ${text}`;
    Object.assign(process.env, { CUTTLE_TEST_OTHER_SECRET: CANARY, CUTTLE_TEST_MINE: 'mine' });
    try {
      repository.write('connections/shop/all.yaml', documents(''));
      expect((await repository.run(['check', 's'])).code).toBe(0);
      expect(fs.readFileSync(file, 'utf8')).not.toMatch(/CUTTLE_TEST_/);
      repository.write('connections/shop/all.yaml', documents(', environment: [CUTTLE_TEST_MINE]'));
      expect((await repository.run(['check', 's'])).code).toBe(0);
      const found = JSON.parse(fs.readFileSync(file, 'utf8'));
      expect([found['CUTTLE_TEST_MINE'], found['CUTTLE_TEST_OTHER_SECRET']]).toEqual(['mine', undefined]);
    } finally {
      for (const name of ['CUTTLE_TEST_OTHER_SECRET', 'CUTTLE_TEST_MINE']) delete process.env[name];
    }
  });

  it('X-01 a command step prints no secret that the documents name', async () => {
    repository.writeShop({ a: { token } });
    const command = JSON.stringify([
      process.execPath,
      '-e',
      'console.log("no " + process.env.ACME_TOKEN); process.exit(3)',
    ]);
    repository.write('connections/shop/p.yaml', `kind: Pipeline\nname: p\nsteps:\n  - command: ${command}\n`);
    const { out, err } = await repository.run(['run', 'p', '--verbose'], { environment });
    expect([(out + err).includes(CANARY), out.includes('no ****'), err.includes('no ****')]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

const FIXTURE = path.join(__dirname, '../../runner/test/fixtures/source');
