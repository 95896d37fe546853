import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { lifeOf, thisProcess } from '../state/process-identity.js';

const PREFIX = 'cuttle-run-';

/**
 * Files with secrets for one run: 0600 in a folder 0700 below the system's temp folder. The folder is removed by `remove`
 * and when the process exits; what a killed runner left is removed by the next one.
 */
export class PrivateFiles {
  readonly folder: string;
  private readonly onExit = (): void => this.remove();

  constructor() {
    const base = os.tmpdir();
    removeLeftovers(base);
    this.folder = fs.mkdtempSync(path.join(base, `${PREFIX}${process.pid}-`));
    fs.writeFileSync(path.join(this.folder, 'owner.json'), JSON.stringify(thisProcess()), { mode: 0o600 });
    process.on('exit', this.onExit);
  }

  /** Writes a file and gives its path. */
  write(name: string, content: string): string {
    const file = path.join(this.folder, name);
    fs.writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
    return file;
  }

  /** Removes everything; calling it again does nothing. */
  remove(): void {
    process.off('exit', this.onExit);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
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
