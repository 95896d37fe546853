/** Most different events of a day whose ids are kept; 26 bytes each, so at most 870 KB of a state. */
const MAX_EVENTS = 25_000;
const HASH_DIGITS = 32;
const HASH_BYTES = HASH_DIGITS / 2;
const COUNT_BYTES = 2;
const EVENT_BYTES = HASH_BYTES + COUNT_BYTES + 8;
const MAX_COUNT = 2 ** (8 * COUNT_BYTES) - 1;

/** An event that was sent and is not there any more. */
export interface VanishedEvent {
  readonly id: string;
  /** Its `event_timestamp`: digits, microseconds since the epoch. */
  readonly timestamp: string;
}

interface Sent {
  count: number;
  readonly timestamp: string;
}

/** The `_event_id`s of the rows of one day as they were sent, so that those that vanish later can be told. */
export class SentIds {
  readonly #events = new Map<string, Sent>();
  readonly #only: SentIds | undefined;
  #isTooLarge = false;

  /** @param only takes note of no other events than these, whose number is bounded */
  constructor(only?: SentIds) {
    this.#only = only;
  }

  /** Takes note of a row. Identical rows have the same hash and timestamp, and ids with `-1`, `-2`, ... behind it. */
  add(id: string, timestamp: string): void {
    const hash = id.slice(0, HASH_DIGITS);
    if (this.#isTooLarge || this.#only?.has(hash) === false) return;
    const known = this.#events.get(hash);
    if (known === undefined) this.#events.set(hash, { count: 1, timestamp });
    else known.count += 1;
    this.#isTooLarge = this.#events.size > MAX_EVENTS || (known?.count ?? 0) > MAX_COUNT;
    if (this.#isTooLarge) this.#events.clear();
  }

  /** Whether an event with this hash was sent. */
  has(hash: string): boolean {
    return this.#events.has(hash);
  }

  /** What of these is not in `now`, in the order of ids. */
  vanished(now: SentIds): readonly VanishedEvent[] {
    return [...this.#events]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([hash, { count, timestamp }]) => {
        const left = now.#events.get(hash)?.count ?? 0;
        const numbers = Array.from({ length: Math.max(0, count - left) }, (_, index) => left + index);
        return numbers.map((number) => ({ id: number === 0 ? hash : `${hash}-${number}`, timestamp }));
      });
  }

  /** Base64 for the state, sorted, so that equal sets give equal texts; undefined when there are too many. */
  pack(): string | undefined {
    if (this.#isTooLarge) return undefined;
    const parts = [...this.#events].map(([hash, { count, timestamp }]) => {
      const part = Buffer.alloc(EVENT_BYTES);
      part.write(hash, 'hex');
      part.writeUIntBE(count, HASH_BYTES, COUNT_BYTES);
      part.writeBigInt64BE(BigInt(timestamp), HASH_BYTES + COUNT_BYTES);
      return part;
    });
    return Buffer.concat(parts.sort(Buffer.compare)).toString('base64');
  }

  /** {@link pack} the other way; a part of an event at the end is left out. */
  static unpack(text: string): SentIds {
    const bytes = Buffer.from(text, 'base64');
    const ids = new SentIds();
    for (let at = 0; at + EVENT_BYTES <= bytes.length; at += EVENT_BYTES) {
      ids.#events.set(bytes.toString('hex', at, at + HASH_BYTES), {
        count: bytes.readUIntBE(at + HASH_BYTES, COUNT_BYTES),
        timestamp: String(bytes.readBigInt64BE(at + HASH_BYTES + COUNT_BYTES)),
      });
    }
    return ids;
  }
}
