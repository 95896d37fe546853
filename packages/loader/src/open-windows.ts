import { ConfigError, type ConfiguredStream, streamLabel } from '@cuttle/protocol';

/** Rows that DuckDB reads and writes at once, whatever their size. */
const WINDOW_ROWS = 2048;
/** Part of the engine's memory that a window may have: it is held while it is read, and again while it is written. */
const WINDOW_PART = 1 / 3;
const MB = 1_000_000;

/**
 * Bounds rows that have to wait for a state and then go to their table in one commit: of those the engine holds a window
 * at a time, several times over. With the default of 384 MB, rows of 60 kB and less always fit.
 *
 * Measured with memory_mb 384 and records of 1 MB: a window of 100 MB takes 460 MiB of the process, one of 160 MB takes
 * 1.1 GiB, one of 400 MB fails.
 */
export class OpenWindows {
  readonly #memoryMb: number;
  #rows = 0;
  #bytes = 0;

  /** @param memoryMb bound of the engine's memory */
  constructor(memoryMb: number) {
    this.#memoryMb = memoryMb;
  }

  /** @throws {ConfigError} `ENGINE_MEMORY` when the window no longer fits */
  add(bytes: number, configured: ConfiguredStream): void {
    if (this.#rows === WINDOW_ROWS) this.clear();
    this.#rows += 1;
    this.#bytes += bytes;
    if (this.#bytes <= this.#memoryMb * WINDOW_PART * MB) return;
    throw new ConfigError(
      `Stream "${streamLabel(configured.stream)}": ${this.#rows} records in a row hold ${Math.round(this.#bytes / MB)} MB, and no state came between them. They can only be loaded together, for which memory_mb ${this.#memoryMb} is too little. Set memory_mb to three times the MB of records between two states, see that the machine has half as much again, and run again; what was acknowledged is loaded.`,
      { code: 'ENGINE_MEMORY', stream: configured.stream },
    );
  }

  /** A state came: what follows goes into another commit. */
  clear(): void {
    this.#rows = 0;
    this.#bytes = 0;
  }
}
