import { EXIT } from '../exit-code.js';
import { emulatorEnvironment, openSandbox, sandboxEnvironment } from '../sandbox-environment.js';
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
    const [stack, emulators] = [sandboxEnvironment(opened), emulatorEnvironment(opened)];
    writeResult(context, introduction(opened.url, stack, emulators), {
      url: opened.url,
      environment: { ...stack, ...emulators },
    });
    await stopped;
    await opened.close();
    return EXIT.ok;
  } finally {
    interrupted.release();
  }
}

type Variables = Readonly<Record<string, string>>;

function introduction(url: string, stack: Variables, emulators: Variables): string {
  return [
    `# The stand-ins listen on ${url}; their controls are at ${url}/__control. Ctrl-C ends them.`,
    '# In another shell: set these, then `cuttle run novel --target demo`.',
    ...exportsOf(stack),
    '# Emulators of Airbyte and Snowflake, for a target of type airbyte and a destination snowflake-merge (host: the URL).',
    ...exportsOf(emulators),
    '',
  ].join('\n');
}

function exportsOf(variables: Variables): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`);
}
