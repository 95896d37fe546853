import { fileURLToPath } from 'node:url';
import { ConfigError } from './errors.js';

/** `md:`, `:memory:`, `s3:`; one letter is a drive of Windows. */
const SCHEME = /^(:memory:|[a-z][a-z0-9+.-]+:)/i;
const MEANT: { readonly [scheme: string]: string } = {
  'md:': 'a database of MotherDuck',
  'motherduck:': 'a database of MotherDuck',
  ':memory:': 'a database in memory, which is gone after the run',
};

/**
 * The path that a setting for a local file means: `~/` is the home folder, `file://` is dropped.
 *
 * @param setting name of the setting, for messages
 * @throws {ConfigError} `PATH_NOT_LOCAL` for an address, such as `md:shop`. The message holds its scheme only: the rest
 *   may be a token
 */
export function localPath(text: string, setting: string, home: string): string {
  if (/^~([/\\]|$)/.test(text)) return home + text.slice(1);
  if (/^~[^/\\]+[/\\]/.test(text)) {
    throw refused(`${setting} names another user's home folder (~name/). Write the whole path.`);
  }
  const scheme = SCHEME.exec(text)?.[0].toLowerCase();
  if (scheme === undefined) return text;
  if (scheme === 'file:') return fromUrl(text, setting);
  const meant = MEANT[scheme] ?? 'an address';
  throw refused(
    `${setting} begins with "${scheme}", which means ${meant}; only a file on this machine can be used. Name a path such as /data/shop.duckdb; a file whose name has a colon is written with ./ before it.`,
  );
}

function fromUrl(text: string, setting: string): string {
  try {
    // file:shop.duckdb and file://shop.duckdb could mean several places.
    if (/^file:\/(?!\/)|^file:\/\/(localhost)?\//i.test(text)) return fileURLToPath(text);
  } catch {
    // A host or an escape that no path can have.
  }
  throw refused(`${setting} is no file address with a whole path, such as file:///data/shop.duckdb.`);
}

function refused(message: string): ConfigError {
  return new ConfigError(message, { code: 'PATH_NOT_LOCAL' });
}
