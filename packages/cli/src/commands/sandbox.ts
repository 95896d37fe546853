import { EXIT } from '../exit-code.js';
import { openSandbox, sandboxEnvironment } from '../sandbox-environment.js';
import { interruption } from '../signals.js';
import { type CommandContext, writeResult } from './context.js';

/** Options of `sandbox`. */
export interface SandboxCommandOptions {
  readonly port: number;
  readonly scenario: 'published' | 'awkward';
  readonly seed: number;
}

/** Serves the stand-ins until Ctrl-C. @returns the exit code */
export async function sandbox(context: CommandContext, options: SandboxCommandOptions): Promise<number> {
  // Before anything is said: who reads the answer may send the signal at once.
  const stopped = untilStopped();
  const opened = await openSandbox({ port: options.port, scenario: options.scenario, seed: options.seed });
  const environment = sandboxEnvironment(opened);
  const exports = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  const text = [
    `# The stand-ins listen on ${opened.url}; their controls are at ${opened.url}/__control. Ctrl-C ends them.`,
    '# In another shell: set these, then `cuttle run novel --target demo`.',
    ...exports,
    '',
  ].join('\n');
  writeResult(context, text, { url: opened.url, environment });
  await stopped;
  await opened.close();
  return EXIT.ok;
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const waiting = setInterval(() => {}, 2 ** 30);
    const interrupted = interruption(() => {
      clearInterval(waiting);
      interrupted.release();
      resolve();
    });
  });
}
