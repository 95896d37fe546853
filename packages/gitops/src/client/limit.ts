/** Lets at most `most` calls run at the same time; the others wait in order. */
export function limit(most: number): <Result>(call: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (call) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await call();
    } finally {
      // The place is handed on, so that nobody else can take it in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

/** The results of a call for each entry, in order, a few at the same time. */
export async function mapLimited<Entry, Result>(
  entries: readonly Entry[],
  most: number,
  call: (entry: Entry) => Promise<Result>,
): Promise<readonly Result[]> {
  const run = limit(most);
  return Promise.all(entries.map((entry) => run(() => call(entry))));
}
