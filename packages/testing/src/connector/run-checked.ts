import { protocolProblems } from '../harness/protocol-schema.js';
import { type Command, type RunOptions, type RunResult, runCommand } from '../harness/run-command.js';

/**
 * Runs a command; every message has to be valid under the protocol's schema.
 *
 * @throws listing the first problems
 */
export async function runChecked(
  command: Command,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return checked(await runCommand(command, args, options));
}

/** What a run gave, if every message is valid under the protocol's schema. */
export function checked(result: RunResult): RunResult {
  const problems = result.messages.flatMap(({ message }) => protocolProblems(message));
  if (problems.length > 0) throw new Error(`not valid under the protocol: ${problems.slice(0, 5).join('; ')}`);
  return result;
}

/** What a run said, for the message of a failed expectation. */
export function told(result: RunResult): string {
  const lines = result.lines.filter((line) => !line.startsWith('{"type":"RECORD"')).slice(-20);
  return `exit ${result.exitCode ?? result.signal}\n${lines.join('\n').slice(0, 6000)}\n${result.stderr.slice(0, 4000)}`;
}
