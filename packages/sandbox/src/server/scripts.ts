import type { Request } from './exchange.js';
import { matches, type RequestMatch } from './match.js';

interface Script {
  readonly nth: number;
  readonly match: RequestMatch;
  readonly run: () => void;
  seen: number;
}

/** Things that happen just before a certain request is answered: data that changes while a client pages. */
export class Scripts {
  #scripts: Script[] = [];

  /**
   * Runs something once, before the nth matching request from now on.
   *
   * @param nth 1 for the next matching request
   */
  before(nth: number, match: RequestMatch, run: () => void): void {
    this.#scripts.push({ nth, match, run, seen: 0 });
  }

  /** Drops what has not run yet. */
  clear(): void {
    this.#scripts = [];
  }

  /** Counts a request and runs what is due before it. */
  advance(request: Request): void {
    const due: Script[] = [];
    for (const script of this.#scripts) {
      if (!matches(script.match, request)) continue;
      script.seen += 1;
      if (script.seen === script.nth) due.push(script);
    }
    if (due.length === 0) return;
    this.#scripts = this.#scripts.filter((script) => !due.includes(script));
    for (const script of due) script.run();
  }
}
