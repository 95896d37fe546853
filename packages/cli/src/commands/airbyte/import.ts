import fs from 'node:fs';
import path from 'node:path';
import { importWorkspace, openSession, rememberImport } from '@cuttle/gitops';
import { ConfigError } from '@cuttle/protocol';
import { EXIT } from '../../exit-code.js';
import { plural } from '../../render/quantity.js';
import { visible } from '../../terminal-text.js';
import { type CommandContext, writeResult } from '../context.js';
import { findAirbyteProject, sessionOptions, type TargetOptions } from './open-target.js';

/** Options of `import`. */
export interface ImportCommandOptions extends TargetOptions {
  readonly all?: boolean;
  readonly id?: string;
}

/** Writes documents of what is in Airbyte. @returns the exit code: `partial` when something had to be left out */
export async function importCommand(
  context: CommandContext,
  names: readonly string[],
  options: ImportCommandOptions,
): Promise<number> {
  if ((names.length === 0) === (options.all !== true)) {
    throw new ConfigError('Say what to import: KIND/NAME, or --all.', { code: 'IMPORT_WHAT' });
  }
  if (options.id !== undefined && names.length !== 1) {
    throw new ConfigError('--id goes with exactly one KIND/NAME.', { code: 'IMPORT_WHAT' });
  }
  const project = findAirbyteProject(context, options);
  const session = await openSession(project, sessionOptions(context, options));
  const found = await importWorkspace(session, { names, ...(options.id === undefined ? {} : { id: options.id }) });
  const { files, variables, imported, skipped } = found;
  const written = [...files].map(([name, text]) => {
    const file = path.join(project.folder, name);
    fs.writeFileSync(file, text, { flag: 'wx' });
    return path.relative(context.terminal.folder, file);
  });
  if (variables.length > 0) written.push(writeExample(context, project.folder, variables));
  rememberImport(session, found);
  const { colours } = context;
  const text = [
    ...written.map((file) => `wrote ${file}`),
    ...skipped.map((reason) => `${colours.yellow('left out')} ${visible(reason)}`),
    `${plural(imported.length, 'thing')} imported.`,
    ...(imported.length === 0 ? [] : ['', 'Next:', '  cuttle plan        it is empty', '  git add connections']),
    '',
  ].join('\n');
  writeResult(context, text, { written, imported, skipped, variables });
  return skipped.length === 0 ? EXIT.ok : EXIT.partial;
}

/** Names of the variables that hold the secrets, for whoever has to set them. */
function writeExample(context: CommandContext, folder: string, variables: readonly string[]): string {
  const file = path.join(folder, '.env.example');
  const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const known = new Set(before.split('\n').map((line) => line.split('=')[0]));
  const more = variables.filter((name) => !known.has(name)).map((name) => `${name}=\n`);
  const head =
    before === '' ? '# Secrets that the documents name. They are needed only where apply has to send them.\n' : before;
  fs.writeFileSync(file, head + more.join(''));
  return path.relative(context.terminal.folder, file);
}
