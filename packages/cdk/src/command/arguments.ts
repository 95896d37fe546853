/** Files that a command can take. */
export type FileOption = 'config' | 'catalog' | 'state';

/** A command line that is understood: the command and the paths behind its options. */
export interface CommandLine {
  readonly command: string;
  readonly files: { readonly [option in FileOption]?: string };
}

/** Options of each command, by command name; a required option has no `?`. */
export type CommandOptions = { readonly [command: string]: readonly (FileOption | 'state?')[] };

/** Thrown when a command line is not understood; the message is for stderr. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Parses `COMMAND --config F --catalog F --state F`; `--config=F` is taken too. A required file that is not named is
 * left out here: its absence is reported as a config error like any other missing file.
 *
 * @param argv arguments without the node binary and the script
 * @throws {UsageError} on an unknown command, an unknown or repeated option, or an option without a value
 */
export function parseArguments(argv: readonly string[], commands: CommandOptions): CommandLine {
  const [command, ...rest] = argv;
  if (command === undefined) throw new UsageError('No command was given.');
  if (!Object.hasOwn(commands, command)) throw new UsageError(`Unknown command: ${command}`);
  const allowed = commands[command]!.map((option) => option.replace('?', ''));
  const files: { [option in FileOption]?: string } = {};
  for (let index = 0; index < rest.length; index += 1) {
    const [flag, inline] = splitOption(rest[index]!);
    const option = fileOption(flag);
    if (option === undefined || !allowed.includes(option)) {
      throw new UsageError(`Unknown option of ${command}: ${flag}`);
    }
    if (inline === undefined) index += 1;
    const value = inline ?? rest[index];
    if (value === undefined || value === '') throw new UsageError(`Option ${flag} needs a file.`);
    if (files[option] !== undefined) throw new UsageError(`Option ${flag} is given twice.`);
    files[option] = value;
  }
  return { command, files };
}

function splitOption(argument: string): readonly [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

function fileOption(flag: string): FileOption | undefined {
  return flag === '--config' || flag === '--catalog' || flag === '--state' ? (flag.slice(2) as FileOption) : undefined;
}

/** How the commands are called, one line each. */
export function usageText(commands: CommandOptions): string {
  const lines = Object.entries(commands).map(([command, options]) => {
    const parts = options.map((option) => (option.endsWith('?') ? '[--state FILE]' : `--${option} FILE`));
    return `  ${[command, ...parts].join(' ')}`;
  });
  return ['Usage:', ...lines].join('\n');
}
