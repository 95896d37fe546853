/** What a command waits for at the moment, by name: one that can no longer finish says so. */
export class Awaited {
  readonly #names = new Map<symbol, string>();

  /**
   * Keeps a name until the work is settled, and gives its result. One entry a request or statement, never one a record.
   *
   * @param name completes "waited for": `the answer to GET /orders`; without values or queries
   */
  async during<T>(name: string, work: Promise<T>): Promise<T> {
    const key = Symbol(name);
    this.#names.set(key, name);
    try {
      return await work;
    } finally {
      this.#names.delete(key);
    }
  }

  /** Names of what is not settled, the oldest first, each once. */
  get names(): readonly string[] {
    return [...new Set(this.#names.values())];
  }
}
