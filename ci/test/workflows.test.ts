import fs from 'node:fs';
import path from 'node:path';

const FOLDER = path.join(__dirname, '..', 'github');
const files = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
const read = (name: string): string => fs.readFileSync(path.join(FOLDER, name), 'utf8');

describe('workflow files', () => {
  it.each(files)('%s pins actions by commit, asks for few rights, and runs one at a time', (name) => {
    const text = read(name);
    const uses = [...text.matchAll(/uses: (\S+)/g)].map((match) => match[1]);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(text).toMatch(/^concurrency:\n {2}group: (connections-|release$)/m);
    expect(text).toContain('timeout-minutes:');
    // Texts of others never become part of a script.
    expect(text).not.toMatch(/\$\{\{ github\.(head_ref|event\.pull_request\.(title|body|head\.ref))/);
    expect(text).not.toContain('pull_request_target');
  });

  it('gives secrets to no fork, plans with few secrets, applies the plan that was shown', () => {
    const pull = read('connections-pull-request.yml');
    const [validate = '', plan = ''] = pull.split(/^ {2}plan:$/m);
    expect(validate).toContain('cuttle validate --offline');
    expect(validate).not.toContain('secrets.');
    expect(plan).toContain('if: github.event.pull_request.head.repo.full_name == github.repository');
    expect(read('connections-apply.yml')).toMatch(
      /plan --target "\$TARGET" --out plan\.json[\s\S]*apply plan\.json --target "\$TARGET" --auto-approve/,
    );
    expect(read('connections-apply.yml')).toContain('cancel-in-progress: false');
    expect(read('connections-drift.yml')).toContain('drift --target "$TARGET" --detailed-exitcode');
  });

  it('a release is tested on both processors, built on a digest, and publishes nothing when started by hand', () => {
    const release = read('release.yml');
    const steps = release.split(/^ {6}- /m);
    const publishing = steps.filter((step) => /docker push|imagetools create|lerna@|secrets\./.test(step));
    expect(publishing).toHaveLength(3);
    for (const step of publishing) expect(step).toContain("if: github.event_name == 'push'");
    expect(release).toContain('BASE_IMAGE: node@${{ vars.NODE_BASE_DIGEST }}');
    const checked = release.indexOf('node ci/release/check.js');
    expect(checked).toBeGreaterThan(0);
    expect(checked).toBeLessThan(release.indexOf('npm test'));
    expect(release).toMatch(/processor: amd64[\s\S]*processor: arm64/);
    expect(release.indexOf('npm run test:images')).toBeLessThan(release.indexOf('docker push'));
    expect(release).toContain("NPM_CONFIG_PROVENANCE: 'true'");
  });
});
