import { mapInSlots, Slots } from '../src/slots.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const ticks = async (count: number) => {
  for (let n = 0; n < count; n += 1) await tick();
};

/** Counts how many tasks are open at once. */
function counted<T, R>(task: (item: T) => Promise<R>) {
  const seen = { open: 0, most: 0, begun: [] as T[], ended: [] as T[] };
  return {
    seen,
    task: async (item: T): Promise<R> => {
      seen.begun.push(item);
      seen.open += 1;
      seen.most = Math.max(seen.most, seen.open);
      try {
        const result = await task(item);
        seen.ended.push(item);
        return result;
      } finally {
        seen.open -= 1;
      }
    },
  };
}

describe('mapInSlots', () => {
  const numbers = [...Array(20).keys()];

  it('does everything, with no more under way than there are slots, and gives the results in order', async () => {
    const { seen, task } = counted(async (item: number) => {
      // Later ones are done sooner.
      await ticks(20 - item);
      return item * 2;
    });
    expect(await mapInSlots(numbers, 3, task)).toEqual(numbers.map((item) => item * 2));
    expect(seen.most).toBe(3);
    expect(await mapInSlots([], 3, task)).toEqual([]);
  });

  it('begins nothing after a failure, waits for what is under way, and throws the first', async () => {
    const { seen, task } = counted(async (item: number) => {
      await tick();
      if (item === 1) throw new Error('first');
      await tick();
      if (item === 2) throw new Error('second');
    });
    await expect(mapInSlots([0, 1, 2, 3, 4, 5], 3, task)).rejects.toThrow('first');
    expect([seen.begun, seen.ended, seen.open]).toEqual([[0, 1, 2], [0], 0]);
  });

  it('takes an item only when the task before has begun, and fails when the items do', async () => {
    const { seen, task } = counted(async (_item: number) => ticks(3));
    const taken: number[] = [];
    async function* items() {
      for (const item of [0, 1, 2, 3]) {
        expect(seen.begun).toEqual(taken);
        taken.push(item);
        yield item;
      }
      throw new Error('no more items');
    }
    await expect(mapInSlots(items(), 2, task)).rejects.toThrow('no more items');
    expect([taken, seen.ended]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
  });

  it('shares slots with others', async () => {
    const slots = new Slots(2);
    const { seen, task } = counted(async (_item: number) => ticks(2));
    await Promise.all([mapInSlots(numbers, slots, task), mapInSlots(numbers, slots, task), slots.run(() => task(0))]);
    expect([seen.most, seen.begun.length]).toEqual([2, 41]);
  });
});
