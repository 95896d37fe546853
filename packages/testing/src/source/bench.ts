import type { AirbyteCatalog, ConfiguredStream, JsonObject, StateMessage } from '@cuttle/protocol';
import type { ConnectorBench, ConnectorProfile, Workload } from '../connector/profile.js';
import { checked, told } from '../connector/run-checked.js';
import { makeFolder, removeFolder, writeJson } from '../harness/folder.js';
import { HostileProxy } from '../harness/hostile-proxy.js';
import { messagesOf, type RunOptions, type RunResult } from '../harness/run-command.js';
import { type Entry, runEntry } from '../harness/run-entry.js';
import { connectorCommand } from '../harness/workspace.js';
import type { SourceProfile, StandIn } from './profile.js';
import { SourceRead } from './source-read.js';

/** Options of a read besides the streams. */
export interface ReadOptions extends RunOptions {
  readonly config?: JsonObject;
  readonly state?: unknown;
}

/** How a stream is configured. */
export interface ConfigureOptions {
  readonly syncMode?: 'full_refresh' | 'incremental';
  readonly destinationMode?: ConfiguredStream['destination_sync_mode'];
}

/** A source before its stand-in, with a proxy in between. */
export class SourceBench<S extends StandIn = StandIn> implements ConnectorBench {
  readonly folder = makeFolder();
  readonly profile: SourceProfile<S>;
  readonly standIn: S;
  readonly proxy: HostileProxy;
  readonly #entry: Entry;
  #catalog: AirbyteCatalog | undefined;
  #files = 0;

  private constructor(profile: SourceProfile<S>, standIn: S, proxy: HostileProxy, needsProcess: boolean) {
    this.profile = profile;
    this.standIn = standIn;
    this.proxy = proxy;
    const { name, folder, runIn } = profile;
    this.#entry = { name, command: connectorCommand(folder), ...(needsProcess ? {} : { runIn }) };
  }

  /** @param needsProcess each run is a process of its own, whatever its options */
  static async open<S extends StandIn>(profile: SourceProfile<S>, needsProcess = false): Promise<SourceBench<S>> {
    const standIn = await profile.start();
    return new SourceBench(profile, standIn, await HostileProxy.start(standIn.url), needsProcess);
  }

  get config(): JsonObject {
    return this.profile.config(this.standIn, this.proxy.url);
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return checked(await runEntry(this.#entry, args, options));
  }

  /** Runs a command that takes a config only. */
  runWith(command: 'check' | 'discover', config: JsonObject, options: RunOptions = {}): Promise<RunResult> {
    return this.run([command, '--config', this.write('config', config)], options);
  }

  /** A JSON file in the folder of the bench. */
  write(name: string, value: unknown): string {
    this.#files += 1;
    return writeJson(this.folder, `${name}-${this.#files}.json`, value);
  }

  /** The catalog of `discover`, asked once unless the remote system was changed. */
  async catalog(isFresh = false): Promise<AirbyteCatalog> {
    if (this.#catalog === undefined || isFresh) {
      const result = await this.runWith('discover', this.config);
      const [found] = messagesOf(result, 'CATALOG');
      if (found === undefined) throw new Error(`no catalog: ${told(result)}`);
      this.#catalog = found.catalog;
    }
    return this.#catalog;
  }

  /** All streams, or some, as a user would configure them. */
  async streams(names?: readonly string[], options: ConfigureOptions = {}): Promise<readonly ConfiguredStream[]> {
    const { streams } = await this.catalog();
    const { syncMode = 'incremental', destinationMode = this.profile.destinationMode } = options;
    return streams
      .filter(({ name }) => names?.includes(name) ?? true)
      .map((stream) => {
        const mode = stream.supported_sync_modes.includes(syncMode) ? syncMode : 'full_refresh';
        return {
          stream,
          sync_mode: mode,
          destination_sync_mode: destinationMode ?? (mode === 'incremental' ? 'append_dedup' : 'overwrite'),
          ...(stream.source_defined_primary_key == null ? {} : { primary_key: stream.source_defined_primary_key }),
          ...(stream.default_cursor_field == null ? {} : { cursor_field: stream.default_cursor_field }),
        };
      });
  }

  /** Reads streams; the rules of the protocol's read are checked on the output. */
  async read(streams: readonly ConfiguredStream[], options: ReadOptions = {}): Promise<SourceRead> {
    const { config = this.config, state, ...rest } = options;
    const result = await this.run(this.readArgs(streams, config, state), rest);
    return new SourceRead(result, streams);
  }

  /** Arguments of a read. */
  readArgs(streams: readonly ConfiguredStream[], config: JsonObject = this.config, state?: unknown): readonly string[] {
    const args = ['read', '--config', this.write('config', config), '--catalog', this.write('catalog', { streams })];
    return state === undefined ? args : [...args, '--state', this.write('state', state)];
  }

  /** The paged stream, prepared. */
  async paged(options: ConfigureOptions = {}): Promise<readonly ConfiguredStream[]> {
    this.profile.paged.prepare(this.standIn);
    await this.catalog(true);
    return this.streams([this.profile.paged.stream], options);
  }

  async small(): Promise<Workload> {
    return { args: this.readArgs(await this.streams()) };
  }

  async large(bytes: number): Promise<Workload> {
    const { stream, config } = this.profile.large(this.standIn, bytes);
    await this.catalog(true);
    return { args: this.readArgs(await this.streams([stream]), { ...this.config, ...config }) };
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.standIn.close();
    removeFolder(this.folder);
  }
}

/** A state file for one stream. */
export function stateOf(stream: string, state: unknown): readonly StateMessage[] {
  return [
    {
      type: 'STREAM',
      stream: { stream_descriptor: { name: stream }, stream_state: state as JsonObject },
    },
  ];
}

/** What the suites for every connector need of a source. */
export function connectorOf<S extends StandIn>(profile: SourceProfile<S>): ConnectorProfile {
  return {
    name: profile.name,
    folder: profile.folder,
    command: connectorCommand(profile.folder),
    kind: 'source',
    memoryMiB: 150,
    open: (place) => SourceBench.open(profile, place === 'process'),
    badConfigs: profile.badConfigs.map(({ name, word, change, arrange }) => ({
      name,
      word,
      make: (bench) => {
        const own = bench as SourceBench<S>;
        arrange?.(own.standIn);
        return change?.(own.config, own.standIn) ?? own.config;
      },
    })),
    ...(profile.bypass === undefined ? {} : { bypass: profile.bypass }),
  };
}
