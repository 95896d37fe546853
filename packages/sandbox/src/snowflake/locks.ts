/** Who holds a table's lock, and since when the holder has been idle. */
interface Held {
  readonly session: string;
  readonly waiting: (() => void)[];
}

/**
 * Locks of tables: a transaction that changes rows of a table holds it to its end, and others wait. A transaction that
 * blocks another for too long is rolled back, as Snowflake does with those of silent sessions after five minutes.
 */
export class Locks {
  readonly #held = new Map<string, Held>();
  readonly #abortMs: number;

  /** @param abortMs how long a transaction of a silent session may block others */
  constructor(abortMs: number) {
    this.#abortMs = abortMs;
  }

  /** @param abort rolls back the transaction of another session */
  async take(table: string, session: string, abort: (session: string) => Promise<void>): Promise<void> {
    for (;;) {
      const held = this.#held.get(table);
      if (held === undefined) {
        this.#held.set(table, { session, waiting: [] });
        return;
      }
      if (held.session === session) return;
      const isFree = await this.#wait(held);
      if (!isFree) await abort(held.session);
    }
  }

  release(session: string): void {
    for (const [table, held] of [...this.#held]) {
      if (held.session !== session) continue;
      this.#held.delete(table);
      for (const wake of held.waiting) wake();
    }
  }

  #wait(held: Held): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), this.#abortMs);
      held.waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
