import {
  type ConfiguredStream,
  type JsonObject,
  type RecordMessage,
  type StateMessage,
  streamKey,
} from '@cuttle/protocol';
import { told } from '../connector/run-checked.js';
import { errorsOf, type RunResult, statesOf } from '../harness/run-command.js';
import { readProblems } from './read-rules.js';

/** The output of a read, taken apart. The rules that hold for every read are checked at once. */
export class SourceRead {
  readonly result: RunResult;
  readonly #streams: readonly ConfiguredStream[];

  constructor(result: RunResult, streams: readonly ConfiguredStream[]) {
    this.result = result;
    this.#streams = streams;
    const problems = readProblems(result, streams);
    if (problems.length > 0) throw new Error(`rules of a read are broken: ${problems.slice(0, 5).join('; ')}`);
  }

  get exitCode(): number | null {
    return this.result.exitCode;
  }

  /** Fails unless the run ended with 0. */
  expectSuccess(): this {
    if (this.exitCode !== 0) throw new Error(`the read failed: ${told(this.result)}`);
    return this;
  }

  get records(): readonly RecordMessage[] {
    return this.result.messages.flatMap(({ message }) => (message.type === 'RECORD' ? [message.record] : []));
  }

  /** Data of the records of a stream, in order. */
  data(stream: string): readonly JsonObject[] {
    return this.records.flatMap((record) => (record.stream === stream ? [record.data] : []));
  }

  /** Texts of the warnings, in order. */
  get warnings(): readonly string[] {
    return this.result.messages.flatMap(({ message }) =>
      message.type === 'LOG' && message.log.level === 'WARN' ? [message.log.message] : [],
    );
  }

  get states(): readonly StateMessage[] {
    return statesOf(this.result);
  }

  /** The last state of each stream, as a state file. */
  get lastStates(): readonly StateMessage[] {
    const last = new Map<string, StateMessage>();
    for (const state of this.states) {
      if (state.stream !== undefined) last.set(streamKey(state.stream.stream_descriptor), state);
    }
    return [...last.values()];
  }

  /** Content of the last state of a stream; undefined when there was none. */
  lastState(stream: string): JsonObject | undefined {
    return this.states.filter((state) => state.stream?.stream_descriptor.name === stream).at(-1)?.stream
      ?.stream_state as JsonObject | undefined;
  }

  get errors(): readonly { readonly failureType: string; readonly message: string }[] {
    return errorsOf(this.result);
  }

  /** Statuses of a stream, in order. */
  statuses(stream: string): readonly string[] {
    return statusesOf(this.result, stream);
  }

  /** Parts of the primary key of a record as one text. */
  keyOf(stream: string, data: JsonObject): string {
    const configured = this.#streams.find((candidate) => candidate.stream.name === stream);
    return JSON.stringify((configured?.primary_key ?? []).map((path) => path.reduce(valueAt, data as unknown)));
  }

  /** Records of a stream, the last one of each key. */
  byKey(stream: string): ReadonlyMap<string, JsonObject> {
    return new Map(this.data(stream).map((data) => [this.keyOf(stream, data), data]));
  }
}

/** Statuses of a stream in a run, in order. */
export function statusesOf(result: RunResult, stream: string): readonly string[] {
  return result.messages.flatMap(({ message }) => {
    const status = message.type === 'TRACE' ? message.trace.stream_status : undefined;
    return status?.stream_descriptor.name === stream ? [status.status] : [];
  });
}

function valueAt(value: unknown, part: string): unknown {
  return typeof value === 'object' && value !== null ? (value as JsonObject)[part] : undefined;
}

/** All statuses of a run, in order. */
export function statusesIn(result: RunResult): readonly string[] {
  return result.messages.flatMap(({ message }) =>
    message.type === 'TRACE' && message.trace.stream_status !== undefined ? [message.trace.stream_status.status] : [],
  );
}
