import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ConfigError, diskError } from '@cuttle/protocol';
import { lifeOf, thisProcess } from '../state/process-identity.js';

const PREFIX = 'cuttle-run-';

/**
 * Files with secrets for one run: 0600 in a folder 0700 below the system's temp folder. The folder is removed by `remove`
 * and when the process exits; what a killed runner left is removed by the next one.
 */
export class PrivateFiles {
  readonly folder: string;
  private readonly onExit = (): void => this.remove();

  /** @throws {ConfigError} `TEMP_FOLDER_UNUSABLE`, {SystemError} `DISK_FULL` */
  constructor() {
    const base = os.tmpdir();
    try {
      removeLeftovers(base);
      this.folder = fs.mkdtempSync(path.join(base, `${PREFIX}${process.pid}-`));
    } catch (error) {
      throw unusable(error, base);
    }
    process.on('exit', this.onExit);
    this.write('owner.json', JSON.stringify(thisProcess()));
  }

  /** Writes a file and gives its path. @throws {SystemError} `DISK_FULL` */
  write(name: string, content: string): string {
    const file = path.join(this.folder, name);
    try {
      fs.writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      throw diskError(error, this.folder);
    }
    return file;
  }

  /** Removes everything; calling it again does nothing. */
  remove(): void {
    process.off('exit', this.onExit);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function unusable(error: unknown, base: string): unknown {
  const known = diskError(error, base);
  if (known !== error) return known;
  const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new ConfigError(
    `The folder for temporary files, ${base}, cannot be used (${reason}). Make it, or let TMPDIR name another one.`,
    { code: 'TEMP_FOLDER_UNUSABLE', cause: error },
  );
}

function removeLeftovers(base: string): void {
  for (const name of fs.readdirSync(base).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = path.join(base, name);
    try {
      const found = fs.lstatSync(folder);
      if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid)) continue;
      const owner = JSON.parse(fs.readFileSync(path.join(folder, 'owner.json'), 'utf8')) as Parameters<
        typeof lifeOf
      >[0];
      if (lifeOf(owner) === 'dead') fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Being written or removed by its own run.
    }
  }
}
