import { type MessageWriter, type PendingState, type StateLine, StateQueue } from '@cuttle/airbyte-cdk';
import type { Segment } from './batch.js';

interface CoveringState extends PendingState {
  readonly segments: readonly Segment[];
}

/** States between their arrival and their echo, in order. */
export class WaitingStates {
  private readonly echo: StateQueue;
  private readonly held: ReadonlySet<number>;
  private states: CoveringState[] = [];

  /** @param held streams whose states wait until they are taken out of it */
  constructor(writer: Pick<MessageWriter, 'writeLine' | 'flush'>, held: ReadonlySet<number>) {
    this.echo = new StateQueue(writer);
    this.held = held;
  }

  /** Whether a state could go back, once everything that it covers is written. */
  get hasDue(): boolean {
    return this.states.some((state) => !this.waits(state));
  }

  /** @param streams places in the catalog of the streams that the state is of */
  add(line: StateLine, streams: readonly number[], segments: readonly Segment[]): void {
    const records = segments.reduce((sum, segment) => sum + segment.records, 0);
    this.states.push({ line, streams, segments, records, rejected: 0 });
  }

  /** Sends those that are due back; everything that they cover has to be safe. */
  async acknowledge(): Promise<void> {
    const due = this.states.filter((state) => !this.waits(state));
    this.states = this.states.filter((state) => this.waits(state));
    for (const state of due) state.rejected = state.segments.reduce((sum, { rejected }) => sum + rejected, 0);
    await this.echo.acknowledge(due);
  }

  private waits({ streams }: CoveringState): boolean {
    return streams.some((index) => this.held.has(index));
  }
}
