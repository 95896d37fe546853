import { readFile } from 'node:fs/promises';
import { ConfigError } from '@cuttle/protocol';
import type { FileOption } from './arguments.js';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The parsed JSON of an input file, whatever its name ends in; a byte order mark is skipped.
 *
 * @throws {ConfigError} `FILE_UNREADABLE`, `FILE_EMPTY` or `FILE_NOT_JSON` naming option and path, never the content
 */
export async function readJsonFile(option: FileOption, path: string | undefined): Promise<unknown> {
  if (path === undefined) {
    throw new ConfigError(`The option --${option} is missing.`, { code: 'FILE_UNREADABLE' });
  }
  const text = await readText(option, path);
  const body = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (body.trim() === '') {
    throw new ConfigError(`The file of --${option} is empty: ${path}`, { code: 'FILE_EMPTY' });
  }
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    throw new ConfigError(`The file of --${option} is not JSON: ${path}`, { code: 'FILE_NOT_JSON' });
  }
}

async function readText(option: FileOption, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new ConfigError(`The file of --${option} cannot be read (${reason}): ${path}`, { code: 'FILE_UNREADABLE' });
  }
}
