/** Who holds a table's lock, and since when the holder has been idle. */
interface Held {
  readonly session: string;
  readonly waiting: (() => void)[];
}

/**
 * Locks of tables: a transaction that changes rows of a table holds it to its end, and others wait. A transaction whose
 * session went silent is rolled back when it blocks another for the time of {@link Locks.idleAbortMs}, as Snowflake does
 * after five minutes.
 */
export class Locks {
  /** Milliseconds for which a silent transaction may block another. */
  idleAbortMs = 300_000;
  readonly #held = new Map<string, Held>();

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
      const timer = setTimeout(() => resolve(false), this.idleAbortMs);
      held.waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
