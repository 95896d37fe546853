import fs from 'node:fs';

/** Commits of rows that may wait in staging files. */
const HELD_COMMITS = 16;
/** Part of the free space of a disk that they may take. */
const FREE_PART = 1 / 4;
/** Type of a file system whose files are memory (Linux). */
const TMPFS = 0x01021994;

/**
 * Room in the staging folder for rows that wait for a state, shared by all streams. Rows that find no room wait in side
 * tables, from which they are written a second time.
 */
export class HeldSpace {
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes files that may wait, in bytes */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Room for rows by what is free on the disk of a folder; none where files take memory. */
  static on(folder: string, commitBytes: number): HeldSpace {
    const { type, bavail, bsize } = fs.statfsSync(folder);
    return new HeldSpace(type === TMPFS ? 0 : Math.min(commitBytes * HELD_COMMITS, bavail * bsize * FREE_PART));
  }

  /** Whether a stream that holds `before` bytes may hold `after`; if so, they are taken. */
  grow(before: number, after: number): boolean {
    if (this.#bytes - before + after > this.#maxBytes) return false;
    this.#bytes += after - before;
    return true;
  }

  /** Gives back what a stream holds. */
  free(bytes: number): void {
    this.#bytes -= bytes;
  }
}
