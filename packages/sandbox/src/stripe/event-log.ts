import type { StripeObject } from './object-kind.js';

/** Events are kept for so many seconds. */
const EVENT_RETENTION_SECONDS = 30 * 86_400;

/** An event with the moment from which it is listed. */
export interface StoredEvent {
  readonly sequence: number;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly visibleFromMs: number;
  readonly event: StripeObject;
}

/** The events of one account. */
export class EventLog {
  #events: StoredEvent[] = [];
  #isSorted = true;
  readonly #byId = new Map<string, StoredEvent>();

  /** Adds an event. */
  add(stored: StoredEvent): void {
    const last = this.#events.at(-1);
    if (last !== undefined && last.created > stored.created) this.#isSorted = false;
    this.#events.push(stored);
    this.#byId.set(stored.event.id, stored);
  }

  /** What is listed now, oldest first: visible already and not past the retention. */
  visible(nowMs: number): readonly StoredEvent[] {
    if (!this.#isSorted) {
      this.#events.sort((a, b) => a.created - b.created || a.sequence - b.sequence);
      this.#isSorted = true;
    }
    const oldest = Math.floor(nowMs / 1000) - EVENT_RETENTION_SECONDS;
    return this.#events.filter(({ created, visibleFromMs }) => created >= oldest && visibleFromMs <= nowMs);
  }

  /** One event, if it is not past the retention. */
  get(id: string, nowMs: number): StoredEvent | undefined {
    const stored = this.#byId.get(id);
    if (stored === undefined || stored.visibleFromMs > nowMs || this.#isPast(stored, nowMs)) return undefined;
    return stored;
  }

  /** Whether there was such an event, which is past the retention. */
  hasAged(id: string, nowMs: number): boolean {
    const stored = this.#byId.get(id);
    return stored !== undefined && this.#isPast(stored, nowMs);
  }

  #isPast({ created }: StoredEvent, nowMs: number): boolean {
    return created < Math.floor(nowMs / 1000) - EVENT_RETENTION_SECONDS;
  }
}
