import { writeJson } from '../harness/folder.js';
import { errorsOf, messagesOf, type RunResult } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import type { ConnectorBench, ConnectorProfile } from './profile.js';
import { told } from './run-checked.js';

/** CHK-01: what `check` says to good and bad configs. */
export function checkSuite(profile: ConnectorProfile): void {
  const check = (id: string, title: string, run: (bench: ConnectorBench) => Promise<void>) =>
    statement(id, title, profile.bypass, async () => {
      const bench = await profile.open('here');
      try {
        await run(bench);
      } finally {
        await bench.close();
      }
    });

  check('CHK-01', 'a good config: exactly one CONNECTION_STATUS, SUCCEEDED', async (bench) => {
    const result = await bench.run(['check', '--config', writeJson(bench.folder, 'good.json', bench.config)]);
    expect([statusOf(result).status, result.exitCode, told(result)]).toEqual(['SUCCEEDED', 0, expect.any(String)]);
  });

  for (const { name, word, make } of profile.badConfigs) {
    check('CHK-01', `${name}: FAILED with the field or right, exit 0`, async (bench) => {
      const config = make(bench);
      const result = await bench.run(['check', '--config', writeJson(bench.folder, 'bad.json', config)]);
      const { status, message } = statusOf(result);
      expect([status, result.exitCode, message]).toEqual(['FAILED', 0, expect.stringMatching(word)]);
      expect(errorsOf(result)).toEqual([]);
    });
  }
}

/** The one CONNECTION_STATUS of a check. */
export function statusOf(result: RunResult): { readonly status: string; readonly message?: string } {
  const statuses = messagesOf(result, 'CONNECTION_STATUS');
  if (statuses.length !== 1) throw new Error(`${statuses.length} CONNECTION_STATUS: ${told(result)}`);
  return statuses[0]!.connectionStatus;
}
