import { TransientError } from '@cuttle/protocol';

/** Part of the memory limit at which a read gives up while it still can say so. */
const LIMIT_SHARE = 0.95;
const INTERVAL_MS = 1000;

/** A check, at most once a second, that the process stays below its container's memory limit. */
export interface MemoryWatch {
  /** @throws {TransientError} `MEMORY_LIMIT` at 95 % of the limit; what was read so far is checkpointed */
  check(): void;
}

/** @param limitBytes the limit; 0 or an absurdly high value means that there is none */
export function createMemoryWatch(
  limitBytes: number = process.constrainedMemory?.() ?? 0,
  residentBytes: () => number = () => process.memoryUsage.rss(),
): MemoryWatch {
  const hasLimit = limitBytes > 0 && limitBytes < 2 ** 50;
  let nextCheck = 0;
  return {
    check() {
      if (!hasLimit) return;
      const now = performance.now();
      if (now < nextCheck) return;
      nextCheck = now + INTERVAL_MS;
      const used = residentBytes();
      if (used < limitBytes * LIMIT_SHARE) return;
      const [usedMb, limitMb] = [used, limitBytes].map((bytes) => Math.round(bytes / 2 ** 20));
      throw new TransientError(`The read stopped at ${usedMb} MiB of ${limitMb} MiB of memory.`, {
        code: 'MEMORY_LIMIT',
      });
    },
  };
}
