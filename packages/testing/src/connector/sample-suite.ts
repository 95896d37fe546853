import { messagesOf } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import { statusOf } from './check-suite.js';
import { withInput } from './command-suite.js';
import type { ConnectorBench, ConnectorProfile } from './profile.js';
import { told } from './run-checked.js';

/** C-01 in short: each command once, as a process of its own. The command, output and shutdown suites have the rest. */
export function sampleSuite(profile: ConnectorProfile): void {
  let bench: ConnectorBench;
  beforeAll(async () => {
    bench = await profile.open('process');
  });
  afterAll(() => bench.close());

  statement('C-01', 'each command answers and ends with 0', profile.bypass, async () => {
    const { args, input } = await bench.small();
    const config = args[args.indexOf('--config') + 1] as string;
    const spec = await bench.run(['spec']);
    expect([spec.exitCode, messagesOf(spec, 'SPEC').length]).toEqual([0, 1]);
    const check = await bench.run(['check', '--config', config]);
    expect([check.exitCode, statusOf(check).status]).toEqual([0, 'SUCCEEDED']);
    if (profile.kind === 'source') {
      const discover = await bench.run(['discover', '--config', config]);
      expect([discover.exitCode, messagesOf(discover, 'CATALOG').length]).toEqual([0, 1]);
    }
    const run = await bench.run(args, withInput(input?.()));
    expect([run.exitCode, run.rest, told(run)]).toEqual([0, '', expect.any(String)]);
    expect(messagesOf(run, 'STATE').length).toBeGreaterThan(0);
  });
}
