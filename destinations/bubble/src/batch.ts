import type { JsonObject } from '@cuttle/protocol';

/** Records of a stream between two of its states: what the second one covers. */
export interface Segment {
  records: number;
  rejected: number;
}

/** A record that waits to be written. */
export interface Entry {
  /** Undefined when it is no JSON object. */
  readonly data: JsonObject | undefined;
  readonly segment: Segment;
  readonly bytes: number;
}

/** Records of a stream in the order they came; those behind the last state can be told from the others. */
export class Batch {
  bytes = 0;
  private entries: Entry[] = [];
  private covered = 0;

  get size(): number {
    return this.entries.length;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    this.bytes += entry.bytes;
  }

  /** A state came: it covers everything so far. */
  cover(): void {
    this.covered = this.entries.length;
  }

  /** Hands out all records, or only those that a state covers. */
  take(which: 'all' | 'covered'): readonly Entry[] {
    const taken = this.entries.splice(0, which === 'all' ? this.entries.length : this.covered);
    for (const { bytes } of taken) this.bytes -= bytes;
    this.covered = 0;
    return taken;
  }
}
