import { createHash, type Hash } from 'node:crypto';
import { canonicalJson, namespaceOf, type StateMessage, type StreamDescriptor, streamKey } from '@cuttle/protocol';

const SCRATCH_BYTES = 16 * 1024;
const SEPARATOR = 0x0a;

/**
 * Digest of the data of the records between two states, in order.
 *
 * Data is gathered into a scratch buffer first: one hash call a record would cost more than the hashing.
 */
export class BatchDigest {
  #hash: Hash = createHash('sha256');
  readonly #scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  #used = 0;
  #records = 0;

  get records(): number {
    return this.#records;
  }

  add(buffer: Buffer, start: number, end: number): void {
    this.#records += 1;
    const length = end - start;
    if (this.#used + length + 1 > SCRATCH_BYTES) this.#drain();
    if (length + 1 > SCRATCH_BYTES) {
      this.#hash.update(buffer.subarray(start, end));
    } else {
      buffer.copy(this.#scratch, this.#used, start, end);
      this.#used += length;
    }
    this.#scratch[this.#used] = SEPARATOR;
    this.#used += 1;
  }

  /** Hash of the records since the last call, of their number and of the state behind them. */
  close(stream: StreamDescriptor, state: StateMessage): string {
    this.#drain();
    const identity = [stream.name, namespaceOf(stream) ?? null, contentOf(state, stream), this.#records];
    const hash = this.#hash.update(canonicalJson(identity)).digest('hex');
    this.#hash = createHash('sha256');
    this.#records = 0;
    return hash;
  }

  #drain(): void {
    // A copy is not needed: update() reads before it returns.
    if (this.#used > 0) this.#hash.update(this.#scratch.subarray(0, this.#used));
    this.#used = 0;
  }
}

/** What a state says of one stream: its own part and, for a GLOBAL state, the shared part. `id` and counts differ between attempts. */
export function contentOf(state: StateMessage, stream: StreamDescriptor): unknown {
  if (state.global === undefined) return state.stream?.stream_state ?? state.data ?? null;
  const key = streamKey(stream);
  const own = state.global.stream_states?.find(({ stream_descriptor: other }) => streamKey(other) === key);
  return { shared: state.global.shared_state ?? null, own: own?.stream_state ?? null };
}
