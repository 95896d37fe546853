import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Growth of buffers after which the young ones among them are collected, in bytes. */
const YOUNG_GROWTH_BYTES = 4 * 2 ** 20;
/** Growth of buffers after which all are collected, in bytes. */
const FULL_GROWTH_BYTES = 8 * 2 ** 20;

/** Growth of the heap after which it is collected, in bytes. */
const HEAP_GROWTH_BYTES = 24 * 2 ** 20;

/** Keeps memory that is not used any more from piling up. */
export interface ExternalMemory {
  /** Collects if buffers have grown by 4 MiB, or the heap by 24 MiB, since the last time; called once a page. */
  check(): void;
}

/**
 * V8 hardly counts buffers when it decides about a collection: those of a few pages that outlived two minor collections
 * stay until 64 MB of them have gathered, which is half of a source's memory bound. So it is told to collect: early
 * enough that most pages are still young, which takes 0.3 ms, and everything (5 to 20 ms) when that was not enough. No
 * longer needed when the resident size of a long read with pages of 1 MB stays the same without it.
 *
 * Of the heap, it lets the old part grow to three times what is in use before it collects it. What a request leaves behind
 * is old by then where many of them wait for a rate limit: 25,000 of them took 100 MB.
 */
export function createExternalMemory(
  bufferBytes: () => number = () => getHeapStatistics().external_memory,
  collect: (type: 'minor' | 'major') => void = makeCollector(),
  heapBytes: () => number = () => getHeapStatistics().used_heap_size,
): ExternalMemory {
  let low = bufferBytes();
  let last = low;
  let heapLow = heapBytes();
  const collectAll = () => {
    collect('major');
    low = bufferBytes();
    last = low;
    heapLow = heapBytes();
  };
  return {
    check() {
      const now = bufferBytes();
      low = Math.min(low, now);
      last = Math.min(last, now);
      const heap = heapBytes();
      heapLow = Math.min(heapLow, heap);
      if (now - low >= FULL_GROWTH_BYTES || heap - heapLow >= HEAP_GROWTH_BYTES) collectAll();
      else if (now - last >= YOUNG_GROWTH_BYTES) {
        collect('minor');
        last = bufferBytes();
      }
    },
  };
}

function makeCollector(): (type: 'minor' | 'major') => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  setFlagsFromString('--no-expose-gc');
  // Node 20 takes any argument, also `{ type: 'major' }`, as a wish for a minor collection.
  return (type) => (type === 'minor' ? collect({ type }) : collect());
}
