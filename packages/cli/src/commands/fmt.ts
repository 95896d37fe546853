import fs from 'node:fs';
import path from 'node:path';
import { formatDocuments } from '@cuttle/project';
import { EXIT } from '../exit-code.js';
import { findStacks, type ProjectOptions } from '../project-lookup.js';
import { type CommandContext, writeResult } from './context.js';

/** Options of `fmt`. */
export interface FormatOptions extends ProjectOptions {
  readonly check?: boolean;
}

/** Writes all documents in their canonical form. @returns the exit code: `error` when `--check` finds one that is not */
export function fmt(context: CommandContext, options: FormatOptions): number {
  const { folder } = context.terminal;
  const files = findStacks(options, folder).flatMap(yamlFiles);
  const changed = files.filter((file) => {
    const text = fs.readFileSync(file, 'utf8');
    const formatted = formatDocuments(text);
    if (formatted === text) return false;
    if (options.check !== true) fs.writeFileSync(file, formatted);
    return true;
  });
  const names = changed.map((file) => path.relative(folder, file));
  const word = options.check === true ? 'would change' : 'formatted';
  writeResult(context, names.map((name) => `${word} ${name}\n`).join(''), { changed: names });
  return options.check === true && changed.length > 0 ? EXIT.error : EXIT.ok;
}

function yamlFiles(stack: string): readonly string[] {
  return fs
    .readdirSync(stack, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
