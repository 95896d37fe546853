import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Growth of buffers after which the dead ones among them are collected, in bytes. */
const GROWTH_BYTES = 8 * 2 ** 20;

/** Keeps the memory of buffers that are not used any more from piling up. */
export interface ExternalMemory {
  /** Collects if buffers have grown by 8 MiB since the last time; called once a page. */
  check(): void;
}

/**
 * V8 hardly counts buffers when it decides about a collection: those of a few pages that outlived two minor collections
 * stay until 64 MB of them have gathered, which is half of a source's memory bound. So it is told to collect; that
 * takes about 20 ms and happens once in ten pages of 1 MB. No longer needed when the resident size of a long read with
 * pages of 1 MB stays the same without it.
 */
export function createExternalMemory(
  bufferBytes: () => number = () => process.memoryUsage().arrayBuffers,
  collect: () => void = makeCollector(),
): ExternalMemory {
  let low = bufferBytes();
  return {
    check() {
      const now = bufferBytes();
      low = Math.min(low, now);
      if (now - low < GROWTH_BYTES) return;
      collect();
      low = bufferBytes();
    },
  };
}

function makeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
