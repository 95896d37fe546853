import { type Invocation, type RecordTarget, recordTarget, StateEmitter } from '@cuttle/airbyte-cdk';
import {
  type ConfiguredStream,
  descriptorOf,
  FULL_REFRESH_COMPLETE,
  isJsonObject,
  type JsonObject,
  type StreamStatus,
  statusTrace,
} from '@cuttle/protocol';
import type { FarosMessage } from './faros-source.js';
import { knownError } from './known-error.js';
import { decompressStates } from './stored-state.js';
import { withNulls } from './with-nulls.js';

/** Most records that wait for being written together. */
const PAGE_RECORDS = 500;

/** A configured stream of a read that the source does by itself. */
interface OwnStream {
  readonly configured: ConfiguredStream;
  readonly target: RecordTarget;
  readonly states: StateEmitter;
  isRunning: boolean;
}

/**
 * Passes on the messages of a source that wrote its own `read`: records with counts and statuses, its one map of states
 * as a state of each stream. It is asked for the next message only when there is room for it. Which of its streams has
 * failed only the source knows: a throw makes all of them incomplete.
 */
export class OwnRead {
  readonly #invocation: Invocation;
  readonly #streams: ReadonlyMap<string, OwnStream>;
  readonly #unknown = new Set<string>();
  #page: JsonObject[] = [];
  #pageOf: OwnStream | undefined;
  #lastStates: JsonObject;

  /** @param stored the states by stream that the read goes on from */
  constructor(invocation: Invocation, stored: JsonObject) {
    this.#invocation = invocation;
    this.#lastStates = stored;
    this.#streams = new Map(
      invocation.catalog.streams.map((configured) => {
        const target = recordTarget(configured);
        const own = isIncremental(configured) ? stored[configured.stream.name] : undefined;
        const states = new StateEmitter(target.stream, isJsonObject(own) ? own : undefined);
        return [configured.stream.name, { configured, target, states, isRunning: false }];
      }),
    );
  }

  async run(messages: AsyncIterable<FarosMessage>): Promise<void> {
    const { signal, report } = this.#invocation;
    for (const stream of this.#streams.values()) await this.#status(stream, 'STARTED');
    let end: StreamStatus = 'COMPLETE';
    try {
      for await (const message of messages) {
        if (signal.aborted) break;
        await this.#take(message);
      }
    } catch (error) {
      end = 'INCOMPLETE';
      if (!signal.aborted) report(knownError(error));
    }
    await this.#flush();
    if (signal.aborted) end = 'INCOMPLETE';
    for (const stream of this.#streams.values()) {
      if (end === 'COMPLETE') await this.#lastState(stream);
      await this.#status(stream, end);
    }
  }

  async #take(message: FarosMessage): Promise<void> {
    switch (message.type) {
      case 'RECORD':
        return message.record === undefined ? undefined : this.#takeRecord(message.record);
      case 'STATE':
        // Statuses, logs and the config are hidden in extra states, which name no new state.
        if (isJsonObject(message.state?.data)) await this.#takeStates(decompressStates(message.state.data));
        return undefined;
      default:
        // Logs come through the logger.
        return undefined;
    }
  }

  async #takeRecord({ stream: name, data }: { readonly stream: string; readonly data: object }): Promise<void> {
    const stream = this.#streams.get(name);
    if (stream === undefined) {
      if (!this.#unknown.has(name))
        this.#invocation.log.warn(`Left out the records of "${name}", which is not configured.`);
      this.#unknown.add(name);
      return;
    }
    if (stream !== this.#pageOf || this.#page.length >= PAGE_RECORDS) await this.#flush();
    this.#pageOf = stream;
    this.#page.push(withNulls(data));
  }

  /** Only what changed is a new state; one of a full refresh would promise what the next one reads again. */
  async #takeStates(states: JsonObject): Promise<void> {
    // A copy: the source may change its map in place.
    const copy = JSON.parse(JSON.stringify(states)) as JsonObject;
    for (const [name, stream] of this.#streams) {
      const content = copy[name];
      if (!isJsonObject(content) || !isIncremental(stream.configured)) continue;
      if (JSON.stringify(content) === JSON.stringify(this.#lastStates[name])) continue;
      await this.#flush();
      await this.#state(stream, content);
    }
    this.#lastStates = { ...this.#lastStates, ...copy };
  }

  async #lastState(stream: OwnStream): Promise<void> {
    const content = this.#lastStates[stream.configured.stream.name];
    const isKept = isIncremental(stream.configured);
    await this.#state(stream, isKept ? (isJsonObject(content) ? content : {}) : { ...FULL_REFRESH_COMPLETE });
  }

  async #state(stream: OwnStream, content: JsonObject): Promise<void> {
    const state = stream.states.next(content);
    if (state === undefined) return;
    await this.#running(stream);
    await this.#invocation.writer.write({ type: 'STATE', state });
  }

  async #flush(): Promise<void> {
    const [stream, page] = [this.#pageOf, this.#page];
    this.#page = [];
    if (stream === undefined || page.length === 0) return;
    await this.#running(stream);
    stream.states.count(await this.#invocation.writer.writeRecords(stream.target, page));
  }

  async #running(stream: OwnStream): Promise<void> {
    if (stream.isRunning) return;
    stream.isRunning = true;
    await this.#status(stream, 'RUNNING');
  }

  async #status({ configured }: OwnStream, status: StreamStatus): Promise<void> {
    const { writer, clock } = this.#invocation;
    await writer.write(statusTrace(descriptorOf(configured.stream), status, clock()));
  }
}

function isIncremental({ sync_mode: mode }: ConfiguredStream): boolean {
  return mode === 'incremental';
}
