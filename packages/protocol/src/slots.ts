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
      // The slot is handed on, so that nobody else can take it in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/**
 * The results of a task for each item, in the order of the items. The next item is only taken when the task of the one
 * before has begun. The first failure ends it: no other task begins, those under way are waited for, then it is thrown.
 *
 * @param slots tasks at once, or slots that others use too
 */
export async function mapInSlots<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  slots: number | Slots,
  task: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const shared = typeof slots === 'number' ? new Slots(slots) : slots;
  const results: R[] = [];
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  const start = (item: T, place: number) =>
    new Promise<void>((started) => {
      const done = shared
        .run(async () => {
          started();
          if (failure !== undefined) return;
          try {
            results[place] = await task(item);
          } catch (error) {
            // Noted before the slot is handed on, so that nothing begins in it.
            fail(error);
          }
        })
        .finally(() => running.delete(done));
      running.add(done);
    });
  try {
    let place = 0;
    for await (const item of items) {
      // Waits for the start of the task, so that items are made one by one as slots get free.
      await start(item, place);
      place += 1;
      if (failure !== undefined) break;
    }
  } catch (error) {
    fail(error);
  }
  await Promise.all(running);
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
  return results;
}
