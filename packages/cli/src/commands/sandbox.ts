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
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  // Before anything is said: who reads the answer may send the signal at once.
  const interrupted = interruption(() => stop());
  try {
    const opened = await openSandbox({ port: options.port, scenario: options.scenario, seed: options.seed });
    writeResult(context, introduction(opened.url, sandboxEnvironment(opened)), {
      url: opened.url,
      environment: sandboxEnvironment(opened),
    });
    await stopped;
    await opened.close();
    return EXIT.ok;
  } finally {
    interrupted.release();
  }
}

function introduction(url: string, environment: { readonly [name: string]: string }): string {
  const exports = Object.entries(environment).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  );
  return [
    `# The stand-ins listen on ${url}; their controls are at ${url}/__control. Ctrl-C ends them.`,
    '# In another shell: set these, then `cuttle run novel --target demo`.',
    ...exports,
    '',
  ].join('\n');
}
