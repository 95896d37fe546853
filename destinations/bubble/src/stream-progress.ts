import type { ConfiguredStream, StreamStatus } from '@cuttle/protocol';
import type { Segment } from './batch.js';

/** How far the input of a stream has come, and whether it may be taken for whole at its end. */
export class StreamProgress {
  readonly configured: ConfiguredStream;
  private segment: Segment = { records: 0, rejected: 0 };
  private last: 'record' | 'state' | undefined;
  private status: StreamStatus | undefined;

  constructor(configured: ConfiguredStream) {
    this.configured = configured;
  }

  /** Counts a record; gives what the next state covers. */
  record(): Segment {
    this.segment.records += 1;
    this.last = 'record';
    return this.segment;
  }

  /** Closes what the state covers. */
  state(): Segment {
    const covered = this.segment;
    this.segment = { records: 0, rejected: 0 };
    this.last = 'state';
    return covered;
  }

  tell(status: StreamStatus): void {
    if (status === 'COMPLETE' || status === 'INCOMPLETE') this.status = status;
  }

  /** Nothing is missing: COMPLETE came, or, where the platform sends no generation ids, the last message was a STATE. */
  get isWhole(): boolean {
    if (this.status !== undefined) return this.status === 'COMPLETE';
    return !this.hasGeneration && this.last === 'state';
  }

  /** Without generation ids a stream of which nothing came is left as it is. */
  get endedWell(): boolean {
    return this.isWhole || (!this.hasGeneration && this.status === undefined && this.last === undefined);
  }

  private get hasGeneration(): boolean {
    return typeof this.configured.generation_id === 'number';
  }
}
