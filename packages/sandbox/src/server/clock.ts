/** The time inside the sandbox: it stands still unless it is moved. Milliseconds since the epoch. */
export class SandboxClock {
  #nowMs: number;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  /** The current time. */
  now(): number {
    return this.#nowMs;
  }

  /** Sets the time; a text is an ISO time. */
  set(time: number | string): void {
    this.#nowMs = parseTime(time);
  }

  /** Moves the time by milliseconds, also backwards. */
  advance(byMs: number): void {
    this.#nowMs += byMs;
  }
}

/**
 * Milliseconds of a time given as milliseconds or ISO text.
 *
 * @throws {Error} when the text is no time
 */
export function parseTime(time: number | string): number {
  const parsed = typeof time === 'number' ? time : Date.parse(time);
  if (!Number.isFinite(parsed)) throw new Error(`Not a time: ${time}`);
  return parsed;
}
