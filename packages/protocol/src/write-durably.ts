import fs from 'node:fs';
import path from 'node:path';

/** How {@link writeDurably} writes. */
export interface DurableWrite {
  /** The file until it is whole, in the same folder; default the name with the process id and `.tmp` behind it. */
  readonly temporary?: string;
  /** Runs when the new file is whole and the old one still in place. */
  readonly beforeRename?: () => void;
}

/**
 * Writes a file, readable by this user only, so that it survives a crash of the machine: at any point either what was
 * there before or the whole text is found. The folder must exist.
 *
 * @throws every file error as it is (ENOSPC, EACCES); what was there before is then left
 */
export function writeDurably(file: string, text: string, options: DurableWrite = {}): void {
  const { temporary = `${file}.${process.pid}.tmp`, beforeRename } = options;
  try {
    // Whatever is there, a link too, is not followed.
    fs.rmSync(temporary, { force: true });
    const handle = fs.openSync(temporary, 'wx', 0o600);
    try {
      fs.writeFileSync(handle, text);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    beforeRename?.();
    fs.renameSync(temporary, file);
    syncFolder(path.dirname(path.resolve(file)));
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** Makes the new name last. Windows cannot open folders and needs no such call. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
