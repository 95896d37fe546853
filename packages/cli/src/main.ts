import fs from 'node:fs';
import path from 'node:path';
import { isKnownError, type KnownError } from '@cuttle/protocol';
import { CommanderError } from 'commander';
import { EXIT } from './exit-code.js';
import { buildProgram } from './program.js';
import { InvalidProject } from './project-lookup.js';
import { countDiagnostics, renderDiagnostics } from './render/diagnostics.js';
import { watchStall } from './stall.js';
import { paint, processTerminal, safeTerminal, type Terminal } from './terminal.js';

/**
 * Runs `cuttle` and gives its exit code. Throws nothing: errors are written to stderr, with `--json` as JSON to stdout.
 *
 * @param argv arguments without the node binary and the script
 */
export async function main(argv: readonly string[], given: Terminal = processTerminal()): Promise<number> {
  const terminal = safeTerminal(given);
  let code: number = EXIT.ok;
  const program = buildProgram(terminal, ownVersion(), (found) => {
    code = found;
  });
  const isJson = argv.includes('--json');
  const release = watchStall(commandName(argv), (error) => report(error, terminal, isJson));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    return report(error, terminal, isJson);
  } finally {
    release();
  }
}

/** The first word; what follows may be a value. */
function commandName(argv: readonly string[]): string {
  return /^[a-z-]+$/.exec(argv[0] ?? '')?.[0] ?? '';
}

function report(error: unknown, terminal: Terminal, isJson: boolean): number {
  const colours = paint(terminal);
  if (error instanceof InvalidProject) {
    const { diagnostics } = error;
    if (isJson) writeJson(terminal, { isValid: false, diagnostics });
    terminal.err(`${renderDiagnostics(diagnostics, colours)}Nothing was started: ${countDiagnostics(diagnostics)}.\n`);
    return EXIT.invalid;
  }
  if (!isKnownError(error)) {
    terminal.err(`${colours.red('error')} ${describe(error)}\n`);
    return EXIT.error;
  }
  if (isJson) writeJson(terminal, { error: { code: error.code, message: error.message } });
  terminal.err(`${colours.red('error')} ${error.message} ${colours.dim(error.code)}\n`);
  return exitCode(error);
}

/** The system's own errors (a taken port, a missing right) say enough in one line; anything else is a defect of ours. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isSystem = 'syscall' in error && 'code' in error;
  return isSystem ? error.message : (error.stack ?? error.message);
}

function exitCode(error: KnownError): number {
  if (['CREDENTIAL_REJECTED', 'LOGIN_REFUSED'].includes(error.code)) return EXIT.unauthorized;
  if (['DATABASE_LOCKED', 'APPLY_LOCKED', 'PIPELINE_LOCKED'].includes(error.code)) return EXIT.locked;
  if (error.code === 'BLOCKED') return EXIT.blocked;
  if (error.code === 'PLAN_STALE' || error.code === 'NOT_APPROVED') return EXIT.error;
  return error.failureType === 'config_error' ? EXIT.invalid : EXIT.error;
}

function writeJson(terminal: Terminal, data: object): void {
  terminal.out(`${JSON.stringify({ version: 1, ...data }, null, 2)}\n`);
}

function ownVersion(): string {
  const file = path.join(__dirname, '..', 'package.json');
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
