import fs from 'node:fs';
import path from 'node:path';
import type { Command } from './run-command.js';

/** Root of the repository. */
export const ROOT = path.resolve(__dirname, '..', '..', '..', '..');

/**
 * The command of a connector of this repository.
 *
 * @throws when something was changed after the last build: what is tested has to be what stands there
 */
export function connectorCommand(folder: string): Command {
  assertBuilt(folder);
  return { argv: [process.execPath, path.join(ROOT, folder, 'bin', 'main.js')] };
}

/** Path of a file of a connector. */
export function connectorFile(folder: string, ...parts: readonly string[]): string {
  return path.join(ROOT, folder, ...parts);
}

/** Fails when a source file of a package, or of one that it depends on, is newer than that package's build. */
export function assertBuilt(folder: string, seen = new Set<string>()): void {
  if (seen.has(folder)) return;
  seen.add(folder);
  const absolute = path.join(ROOT, folder);
  const built = fs.statSync(path.join(absolute, 'tsconfig.tsbuildinfo'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (newestSource(path.join(absolute, 'src')) > built) {
    throw new Error(`${folder} was changed after the last build: run npm run build.`);
  }
  const config = JSON.parse(fs.readFileSync(path.join(absolute, 'tsconfig.json'), 'utf8')) as {
    readonly references?: readonly { readonly path: string }[];
  };
  for (const reference of config.references ?? []) {
    assertBuilt(path.relative(ROOT, path.resolve(absolute, reference.path)), seen);
  }
}

function newestSource(folder: string): number {
  let newest = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    newest = Math.max(newest, fs.statSync(path.join(entry.parentPath, entry.name)).mtimeMs);
  }
  return newest;
}

/** Folder with the real data sets, or undefined. `CUTTLE_REQUIRE=data` makes its absence an error. */
export function dataFolder(): string | undefined {
  return sharedFolder(process.env['CUTTLE_DATA_DIR'] ?? path.join(ROOT, '..', 'shared', 'data'));
}

/** Folder with Airbyte's protocol files and fixtures, or undefined; as {@link dataFolder}. */
export function airbyteFolder(): string | undefined {
  return sharedFolder(path.join(ROOT, '..', 'shared', 'airbyte'));
}

function sharedFolder(folder: string): string | undefined {
  if (fs.existsSync(folder)) return folder;
  if (process.env['CUTTLE_REQUIRE']?.split(',').includes('data')) {
    throw new Error(`CUTTLE_REQUIRE asks for data, but ${folder} is not there.`);
  }
  return undefined;
}

/**
 * How much a run covers, by `CUTTLE_TIER`: a sample in five minutes (`test`, the default), every suite (`full`), or every
 * repetition (`long`). Files named `*.full.test.ts` are left out of the sample.
 */
const tier = process.env['CUTTLE_TIER'] ?? 'test';
if (!['test', 'full', 'long'].includes(tier)) throw new Error(`CUTTLE_TIER is "${tier}", not test, full or long.`);

/** Whether every suite runs, by commands where the process is the subject. */
export const isFull = tier !== 'test';

/** Whether all repetitions run instead of a part of them. */
export const isLong = tier === 'long';
