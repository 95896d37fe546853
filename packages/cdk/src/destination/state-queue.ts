import type { MessageWriter } from '../io/message-writer.js';
import type { StateLine } from './message-router.js';
import { echoState } from './state-echo.js';

/** A STATE that waits until everything before it is durable. */
export interface PendingState {
  readonly line: StateLine;
  /** Streams of the state, by their places in the catalog: one, or all for a GLOBAL state. */
  readonly streams: readonly number[];
  /** Records of these streams since their last state. */
  readonly records: number;
  /** Those of them that could not be loaded. */
  rejected: number;
}

/** The states of a run between their arrival and their echo, in the order of arrival. */
export class StateQueue {
  readonly #writer: Pick<MessageWriter, 'writeLine' | 'flush'>;
  #pending: PendingState[] = [];

  constructor(writer: Pick<MessageWriter, 'writeLine' | 'flush'>) {
    this.#writer = writer;
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  add(state: PendingState): void {
    this.#pending.push(state);
  }

  /** Hands out what has arrived so far. */
  take(): PendingState[] {
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }

  /** Returns states to the platform: whole, with `destinationStats`. */
  async acknowledge(states: readonly PendingState[]): Promise<void> {
    for (const { line, records, rejected } of states) {
      const stats = rejected > 0 ? { recordCount: records, rejectedRecordCount: rejected } : { recordCount: records };
      await this.#writer.writeLine(echoState(line.text, stats));
    }
    if (states.length > 0) await this.#writer.flush();
  }
}
