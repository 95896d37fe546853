import fs from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { connectorCommand, makeFolder, ROOT, removeFolder, writeJson } from '@cuttle/testing';
import { bubbleConfig, snowflakeConfig } from './destination-configs.js';
import { describePeers, executable, programOf, runPeer } from './peer.js';
import { profileOf, SOURCES } from './profiles.js';

const MODULE = path.join(__dirname, '..', 'python', 'test_standard.py');

/** How a connector is tested. */
interface Subject {
  readonly name: string;
  readonly folder: string;
  readonly config: JsonObject;
  /** One that `check` refuses. */
  readonly bad: JsonObject;
  readonly emptyStreams?: readonly string[];
}

/** The tests that ran, with what each ended in. */
async function standardTests(subject: Subject): Promise<Readonly<Record<string, string>>> {
  const work = makeFolder();
  try {
    const root = path.join(work, subject.name);
    fs.mkdirSync(root);
    fs.copyFileSync(path.join(ROOT, subject.folder, 'metadata.yaml'), path.join(root, 'metadata.yaml'));
    writeJson(root, 'good.json', subject.config);
    writeJson(root, 'bad.json', subject.bad);
    // JSON is YAML, too.
    writeJson(root, 'acceptance-test-config.yml', acceptance(subject));
    const report = path.join(work, 'report.xml');
    // A copy: pytest leaves compiled files beside it.
    const module = path.join(work, path.basename(MODULE));
    fs.copyFileSync(MODULE, module);
    const hooks = ['-p', 'airbyte_cdk.test.standard_tests.pytest_hooks', '-p', 'no:cacheprovider'];
    const args = ['-m', 'pytest', ...hooks, '-k', 'not docker', `--junitxml=${report}`, `--rootdir=${work}`, module];
    const command = executable(work, 'connector', connectorCommand(subject.folder));
    const env = { CONNECTOR_ROOT: root, CONNECTOR_COMMAND: command };
    const ended = await runPeer(programOf('cdk'), args, { cwd: work, env });
    if (!fs.existsSync(report)) throw new Error(ended.stderr + ended.stdout.slice(-4000));
    return outcomesIn(fs.readFileSync(report, 'utf8'));
  } finally {
    removeFolder(work);
  }
}

function acceptance({ name, emptyStreams = [] }: Subject): unknown {
  const good = { config_path: 'good.json' };
  const read = { ...good, empty_streams: emptyStreams.map((stream) => ({ name: stream, bypass_reason: 'no rows' })) };
  const source = { discovery: { tests: [good] }, basic_read: { tests: [read] } };
  const connection = [
    { ...good, status: 'succeed' },
    { config_path: 'bad.json', status: 'failed' },
  ];
  return {
    connector_image: `acme/${name}:dev`,
    acceptance_tests: {
      spec: { tests: [good] },
      connection: { tests: connection },
      ...(name.startsWith('source-') ? source : {}),
    },
  };
}

/** Outcomes of a JUnit report by the name of the test; what its config's sections do not list did not run. */
function outcomesIn(report: string): Readonly<Record<string, string>> {
  const cases = report.matchAll(/<testcase [^>]*?\bname="([^"]+)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  const outcomes = [...cases].map(([, name = '', inner = '']): [string, string] => {
    const problem = /<(failure|error|skipped)\b[^>]*message="([^"]*)"/.exec(inner);
    const short = name.replace("['", '[').replace("' Test Scenario]", ']');
    return [short, problem === null ? 'passed' : `${problem[1]}: ${problem[2]?.slice(0, 600)}`];
  });
  const isLeftOut = /^skipped.*its config is listed under .* in `acceptance-test-config.yml`/;
  return Object.fromEntries(outcomes.filter(([, outcome]) => !isLeftOut.test(outcome)));
}

const CHECKED = {
  'test_check[good]': 'passed',
  'test_check[bad]': 'passed',
  'test_config_matches_spec[good]': 'passed',
};

describePeers("the standard tests of Airbyte's CDK", ['cdk'], () => {
  it.each(SOURCES)('%s passes all of them', async (folder) => {
    const profile = await profileOf(folder);
    const standIn = await profile.start();
    try {
      const config = profile.config(standIn, standIn.url);
      const wrong = profile.badConfigs.find(({ name }) => name === 'a host that nobody answers on');
      const found = await standardTests({
        name: profile.name,
        folder,
        config,
        bad: wrong!.change!(config, standIn),
        emptyStreams: Object.keys(profile.emptyStreams),
      });
      expect(found).toEqual({
        ...CHECKED,
        test_spec: 'passed',
        'test_discover[good]': 'passed',
        'test_basic_read[good]': 'passed',
        'test_fail_read_with_bad_catalog[good]': 'passed',
      });
    } finally {
      await standIn.close();
    }
  }, 240_000);

  describe('destinations', () => {
    let sandbox: Sandbox;
    let folder: string;
    beforeAll(async () => {
      sandbox = await startSandbox({ users: 3, orders: 2, idleVisits: 0 });
      folder = makeFolder();
    });
    afterAll(async () => {
      await sandbox.close();
      removeFolder(folder);
    });

    it.each([
      ['duckdb', () => ({ destination_path: path.join(folder, 'checked.duckdb') })],
      ['snowflake-merge', () => snowflakeConfig(sandbox, 'CHECKED')],
      ['bubble', () => bubbleConfig(sandbox, 'orders', 'order')],
    ] as const)(
      'destination-%s passes those of spec and check',
      async (name, configOf) => {
        const config: JsonObject = configOf();
        // An address that nobody answers on, a wrong password, a folder that is none.
        const bad = Object.fromEntries(
          Object.entries(config).map(([key, value]): [string, Json] => [key, BAD[key] ?? value]),
        );
        const subject = { name: `destination-${name}`, folder: `destinations/${name}`, config, bad };
        expect(await standardTests(subject)).toEqual(CHECKED);
      },
      120_000,
    );
  });
});

const BAD: Readonly<Record<string, string>> = {
  destination_path: '/dev/null/none.duckdb',
  password: 'wrong',
  base_url: 'http://127.0.0.1:9/api/1.1',
};
