import { canonicalJson, type JsonObject, type StateMessage, type StreamDescriptor } from '@cuttle/protocol';

/**
 * Makes the STATE messages of one stream: typed STREAM, with the number of records since the state before. Equal content is
 * left out unless records lie between, in which case `seq` is raised so that no two states are equal.
 */
export class StateEmitter {
  readonly #stream: StreamDescriptor;
  #recordCount = 0;
  #hasEmitted = false;
  #last: string | undefined;
  #seq = 0;

  /** @param stored the state that the sync started from; a first state equal to it counts as a repetition */
  constructor(stream: StreamDescriptor, stored: JsonObject | undefined) {
    this.#stream = stream;
    if (stored === undefined) return;
    const { seq, ...content } = stored;
    this.#last = canonicalJson(content);
    this.#seq = typeof seq === 'number' ? seq : 0;
  }

  /** Counts records that were sent. */
  count(records: number): void {
    this.#recordCount += records;
  }

  /** The STATE for a content, or undefined when it would only repeat the one before. */
  next(content: JsonObject): StateMessage | undefined {
    const text = canonicalJson(content);
    if (text !== this.#last) this.#seq = 0;
    else if (this.#recordCount > 0) this.#seq += 1;
    else if (this.#hasEmitted) return undefined;
    this.#last = text;
    this.#hasEmitted = true;
    const state = this.#seq === 0 ? content : { ...content, seq: this.#seq };
    const sourceStats = { recordCount: this.#recordCount };
    this.#recordCount = 0;
    return { type: 'STREAM', stream: { stream_descriptor: this.#stream, stream_state: state }, sourceStats };
  }
}
