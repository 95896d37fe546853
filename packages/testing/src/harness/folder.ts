import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A new folder for one test; remove it with {@link removeFolder}. */
export function makeFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-test-'));
}

/** Removes a folder and what is in it, also what was made unwritable. */
export function removeFolder(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Writes a value as a JSON file and gives its path. */
export function writeJson(folder: string, name: string, value: unknown): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

/** Names of all files below a folder, relative to it. */
export function listFiles(folder: string): readonly string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
