import { join } from 'node:path';
import {
  type Destination,
  HttpClient,
  type Invocation,
  type PendingState,
  readInput,
  readSpec,
  StateQueue,
} from '@cuttle/airbyte-cdk';
import {
  ConfigError,
  type ConfiguredCatalog,
  type ConfiguredStream,
  isJsonObject,
  type JsonObject,
} from '@cuttle/protocol';
import { bubblePolicy, ThingApi } from './api.js';
import { type BubbleConfig, bubbleConfig, modeOf } from './config.js';
import { Ledger } from './ledger.js';
import { StreamWriter } from './stream-writer.js';

/** Longest accepted line, in bytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Writes streams into the types of a Bubble app. */
export class BubbleDestination implements Destination {
  readonly spec = readSpec(join(__dirname, '..', 'resources', 'spec.json'));

  /** Asks each type for its mapped fields. That it may be written shows only when something is. */
  async check(invocation: Invocation): Promise<void> {
    const config = bubbleConfig(invocation.config);
    await withHttp(config, invocation, async (http) => {
      for (const { stream, bubble_type: type, mapping, match } of config.streams) {
        const fields = [...mapping.map(({ to }) => to), ...(match.bubble_field === '_id' ? [] : [match.bubble_field])];
        const problem = await new ThingApi(http, type).probe(fields);
        if (problem === undefined) continue;
        throw new ConfigError(`Stream "${stream}": type "${type}" does not fit the mapping: ${problem}.`, {
          code: 'FIELD_NOT_FOUND',
        });
      }
    });
  }

  async write(invocation: Invocation): Promise<void> {
    const config = bubbleConfig(invocation.config);
    await withHttp(config, invocation, (http) => new Write(config, invocation, http).run());
  }
}

async function withHttp(
  config: BubbleConfig,
  invocation: Invocation,
  work: (http: HttpClient) => Promise<void>,
): Promise<void> {
  const { signal, log, clock, secrets } = invocation;
  const http = new HttpClient(bubblePolicy(config), { signal, log, clock, secrets });
  try {
    await work(http);
  } finally {
    await http.close();
  }
}

class Write {
  private readonly invocation: Invocation;
  private readonly ledger: Ledger;
  private readonly writers: readonly StreamWriter[];
  private readonly states: StateQueue;
  private readonly records: number[];
  /** Whether the last message of each stream was a STATE or COMPLETE: nothing of it is missing. */
  private readonly isWhole: boolean[];

  constructor(config: BubbleConfig, invocation: Invocation, http: HttpClient) {
    this.invocation = invocation;
    this.ledger = new Ledger(config.ledger_path);
    const { streams } = invocation.catalog;
    this.writers = streams.map((stream) => {
      const { settings, mode } = modeOf(config, truncating(stream));
      return new StreamWriter(http, config, settings, mode, this.ledger);
    });
    this.states = new StateQueue(invocation.writer);
    this.records = streams.map(() => 0);
    this.isWhole = streams.map(() => false);
  }

  async run(): Promise<void> {
    const { catalog, stdin, signal, log } = this.invocation;
    try {
      await readInput({
        input: stdin,
        catalog,
        signal,
        maxLineBytes: MAX_LINE_BYTES,
        sink: {
          record: (index, { buffer, start, end }) => this.record(index, buffer.toString('utf8', start, end)),
          state: (line) => this.states.add(this.pending(catalog, line)),
          status: (index, status) => {
            this.isWhole[index] = status === 'COMPLETE';
          },
          warn: (message) => log.warn(message),
        },
        ready: () => (this.needsWork() ? this.work() : undefined),
      });
      if (signal.aborted) return;
      await this.work();
      for (const [index, writer] of this.writers.entries()) if (this.isWhole[index]) await writer.mirror();
    } finally {
      this.ledger.save();
      this.summarise();
    }
  }

  private record(index: number, line: string): void {
    const message = JSON.parse(line) as { readonly record: { readonly data: JsonObject } };
    this.writers[index]!.add(message.record.data);
    this.records[index]! += 1;
    this.isWhole[index] = false;
  }

  private pending(catalog: ConfiguredCatalog, line: PendingState['line']): PendingState {
    const descriptor = line.state.stream?.stream_descriptor;
    const all = catalog.streams.map((_stream, index) => index);
    const streams = descriptor === undefined ? all : all.filter((index) => isSame(catalog.streams[index]!, descriptor));
    const records = streams.reduce((sum, index) => sum + this.records[index]!, 0);
    for (const index of streams) {
      this.records[index] = 0;
      this.isWhole[index] = true;
    }
    return { line, streams, records, rejected: 0 };
  }

  private needsWork(): boolean {
    return !this.states.isEmpty || this.writers.some((writer) => writer.isFull);
  }

  /** Everything that was collected is written before any state goes back. */
  private async work(): Promise<void> {
    for (const writer of this.writers) await writer.flush();
    await this.states.acknowledge(this.states.take());
  }

  private summarise(): void {
    for (const [index, { counts, api }] of this.writers.entries()) {
      const name = this.invocation.catalog.streams[index]!.stream.name;
      const parts = Object.entries(counts).map(([word, count]) => `${count} ${word}`);
      this.invocation.log.info(`Stream "${name}": ${parts.join(', ')}, ${api.calls} calls.`);
    }
    for (const [reason, count] of countBy(this.ledger.rejected.map((entry) => entry.reason))) {
      this.invocation.log.warn(`${count} rejected: ${reason}`);
    }
  }
}

/** Our runner sends a truncating stream as append with a minimum generation; elsewhere it is called overwrite. */
function truncating(stream: ConfiguredStream): ConfiguredStream {
  const { generation_id: generation, minimum_generation_id: minimum } = stream;
  const isTruncated = typeof minimum === 'number' && minimum > 0 && minimum === generation;
  return isTruncated ? { ...stream, destination_sync_mode: 'overwrite' } : stream;
}

function isSame({ stream }: ConfiguredStream, descriptor: unknown): boolean {
  if (!isJsonObject(descriptor)) return false;
  return descriptor['name'] === stream.name && (descriptor['namespace'] ?? null) === (stream.namespace ?? null);
}

function countBy(texts: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}
