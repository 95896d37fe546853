import { inLanes } from '../src/in-lanes.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

describe('inLanes', () => {
  it('does everything, with no more under way than there are lanes', async () => {
    let open = 0;
    let most = 0;
    const done: number[] = [];
    await inLanes([...Array(20).keys()], 3, async (item) => {
      open += 1;
      most = Math.max(most, open);
      await tick();
      open -= 1;
      done.push(item);
    });
    expect([most, done.length]).toEqual([3, 20]);
  });

  it('begins nothing after a failure, and waits for what is under way', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (item: number) => {
      begun.push(item);
      await tick();
      if (item === 1) throw new Error('no');
      await tick();
      ended.push(item);
    };
    await expect(inLanes([0, 1, 2, 3, 4, 5], 3, work)).rejects.toThrow('no');
    expect([begun, ended]).toEqual([
      [0, 1, 2],
      [0, 2],
    ]);
  });
});
