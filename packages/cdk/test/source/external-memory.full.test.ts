import { createExternalMemory } from '../../src/source/external-memory.js';

const MIB = 2 ** 20;

/** Buffers whose size the test sets; a collection frees what it is said to free. */
function surroundings(freed: { minor: number; major: number }) {
  const seen: string[] = [];
  const buffers = { bytes: 10 * MIB };
  const memory = createExternalMemory(
    () => buffers.bytes,
    (type) => {
      seen.push(type);
      buffers.bytes -= freed[type];
    },
  );
  const grow = (mib: number) => {
    buffers.bytes += mib * MIB;
    memory.check();
  };
  return { seen, grow, buffers };
}

describe('createExternalMemory', () => {
  it('collects young buffers each 4 MiB of growth', () => {
    const { seen, grow } = surroundings({ minor: 4 * MIB, major: 0 });
    for (let page = 0; page < 12; page += 1) grow(1);
    expect(seen).toEqual(['minor', 'minor', 'minor']);
  });

  it('collects everything when buffers have grown by 8 MiB all the same', () => {
    const { seen, grow, buffers } = surroundings({ minor: 0, major: 8 * MIB });
    for (let page = 0; page < 8; page += 1) grow(1);
    expect(seen).toEqual(['minor', 'major']);
    expect(buffers.bytes).toBe(10 * MIB);
  });

  it('collects everything when the heap has grown by 24 MiB, then counts from what is left', () => {
    let heap = 20 * MIB;
    const seen: string[] = [];
    const collect = (type: string) => {
      seen.push(type);
      heap -= 12 * MIB;
    };
    const memory = createExternalMemory(
      () => 0,
      collect,
      () => heap,
    );
    const sizes: number[] = [];
    for (let page = 0; page < 60; page += 1) {
      heap += MIB;
      memory.check();
      sizes.push(heap / MIB);
    }
    expect([seen, Math.max(...sizes)]).toEqual([['major', 'major'], 56]);
  });

  it('counts from the lowest size seen', () => {
    const { seen, grow } = surroundings({ minor: 0, major: 0 });
    grow(-5);
    grow(3);
    expect(seen).toEqual([]);
    grow(1);
    expect(seen).toEqual(['minor']);
  });

  it('frees buffers that have grown old, which only a major collection does', () => {
    const memory = createExternalMemory();
    const kept: Buffer[] = [];
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let page = 0; page < 200; page += 1) {
      kept.push(Buffer.allocUnsafeSlow(MIB));
      // Four pages are in use at a time: they outlive minor collections.
      if (kept.length > 4) kept.shift();
      memory.check();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(most).toBeLessThan(24 * MIB);
  });

  it('frees dead buffers of a real process', () => {
    const memory = createExternalMemory();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let page = 0; page < 300; page += 1) {
      Buffer.allocUnsafeSlow(MIB);
      memory.check();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(most).toBeLessThan(40 * MIB);
  });
});
