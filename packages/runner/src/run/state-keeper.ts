import type { AcknowledgedState } from '../pipe/state-lines.js';
import { type ConnectionState, findRecord, withRecord } from '../state/connection-state.js';
import type { StateStore } from '../state/state-store.js';

/** Shortest time between two saves, in milliseconds: a save waits for the disk. */
const SAVE_INTERVAL_MS = 50;

/**
 * Keeps the state of a running connection and saves it: at once when the last save is a while ago, else a moment later.
 * Only what the destination acknowledged comes here.
 */
export class StateKeeper {
  private current: ConnectionState;
  private readonly store: StateStore;
  private readonly wallClock: () => number;
  private readonly onError: (error: unknown) => void;
  private lastSaveMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  /**
   * Saves the initial state before anything is started.
   *
   * @param wallClock milliseconds since the epoch
   * @param onError a save that failed while the run goes on
   * @throws {SystemError} `STATE_NOT_SAVED`
   */
  constructor(initial: ConnectionState, store: StateStore, wallClock: () => number, onError: (error: unknown) => void) {
    this.current = initial;
    this.store = store;
    this.wallClock = wallClock;
    this.onError = onError;
    this.save();
  }

  acknowledge(acknowledged: AcknowledgedState): void {
    for (const { route, state } of acknowledged.streams) {
      const record = findRecord(this.current, route.source);
      if (record !== undefined) this.current = withRecord(this.current, { ...record, state });
    }
    if (acknowledged.shared !== undefined) this.current = { ...this.current, shared: acknowledged.shared };
    this.saveSoon();
  }

  /** Notes which streams are finished and saves for the last time. @throws {SystemError} `STATE_NOT_SAVED` */
  finish(isFinished: (record: ConnectionState['streams'][number]) => boolean): void {
    const streams = this.current.streams.map((record) => (isFinished(record) ? { ...record, isOpen: false } : record));
    this.current = { ...this.current, streams };
    this.save();
  }

  /** Stops the timer; what is waiting is saved by `finish`. */
  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private saveSoon(): void {
    if (this.timer !== undefined) return;
    const waitMs = this.lastSaveMs + SAVE_INTERVAL_MS - performance.now();
    if (waitMs <= 0) this.trySave();
    else this.timer = setTimeout(() => this.trySave(), waitMs);
  }

  private trySave(): void {
    this.close();
    try {
      this.save();
    } catch (error) {
      this.onError(error);
    }
  }

  private save(): void {
    this.current = { ...this.current, savedAt: new Date(this.wallClock()).toISOString() };
    this.store.save(this.current);
    this.lastSaveMs = performance.now();
  }
}
