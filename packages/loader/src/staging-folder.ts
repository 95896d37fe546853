import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { shortHash } from './table-names.js';

/** Folders of other hosts are left alone: their process ids mean nothing here. */
const PREFIX = `cuttle-staging-${shortHash(os.hostname())}-`;

/**
 * A folder of our own for staging files, readable by this user only, in `parent` (default: the system's folder for
 * temporary files). Folders of processes that are gone are removed first, so a killed run leaves nothing for long.
 */
export function createStagingFolder(parent: string | undefined): string {
  const root = parent ?? os.tmpdir();
  fs.mkdirSync(root, { recursive: true });
  removeOrphans(root);
  return fs.mkdtempSync(path.join(root, `${PREFIX}${process.pid}-`));
}

/** Removes the folder and everything in it. */
export function removeStagingFolder(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true });
}

function removeOrphans(root: string): void {
  for (const name of fs.readdirSync(root)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || pid === process.pid || isAlive(pid)) continue;
    const folder = path.join(root, name);
    // Only a real folder of ours: a link is never followed.
    const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
    if (stat?.isDirectory() && (process.getuid === undefined || stat.uid === process.getuid())) {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
