/**
 * Bounds how many rows are being read at once over several tables, because the identities of a table's rows are kept
 * in memory while it is read. What is larger than the bound runs alone. Waiters are served in order.
 */
export class RowBudget {
  readonly #limit: number;
  readonly #waiting: { readonly rows: number; readonly start: () => void }[] = [];
  #rows = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for room; call the result when the table is read. */
  async acquire(rows: number): Promise<() => void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push({ rows, start: resolve });
      this.#startWaiting();
    });
    return () => {
      this.#rows -= rows;
      this.#startWaiting();
    };
  }

  #startWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#rows > 0 && this.#rows + next.rows > this.#limit) return;
      this.#waiting.shift();
      this.#rows += next.rows;
      next.start();
    }
  }
}
