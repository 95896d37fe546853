/** A bound on how many tasks run at once; waiters are served in order. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = Math.max(1, Math.floor(count));
  }

  /** Runs a task when a slot is free. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/**
 * Runs a task for each item with at most `slots` at once, taking the next item only when a slot is free. The first
 * failure ends it: running tasks are waited for, no new one starts.
 */
export async function forEachSlot<T>(
  items: Iterable<T> | AsyncIterable<T>,
  slots: Slots,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  const start = (item: T) =>
    new Promise<void>((started) => {
      const done = slots
        .run(async () => {
          started();
          if (failure === undefined) await task(item);
        })
        .catch(fail)
        .finally(() => running.delete(done));
      running.add(done);
    });
  try {
    for await (const item of items) {
      // Waits for the start of the task, so that items are made one by one as slots get free.
      await start(item);
      if (failure !== undefined) break;
    }
  } catch (error) {
    fail(error);
  }
  await Promise.all(running);
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
