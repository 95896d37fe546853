import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import type { RunIn } from '../harness/run-in-process.js';
import type { SourceBench } from './bench.js';

/** Which requests are meant, as the stand-ins' control takes it. */
interface RequestMatch {
  readonly system?: string;
  readonly path?: string;
  readonly query?: string;
}

/** A stand-in of the remote system with its control; what `startSandbox` gives is one. */
export interface StandIn {
  readonly url: string;
  readonly control: {
    run(action: string, params?: Readonly<Record<string, unknown>>): unknown;
    readonly scripts: { before(nth: number, match: RequestMatch, run: () => void): void };
  };
  close(): Promise<void>;
}

/** A config that `check` has to refuse: the good one with a change, or a changed remote system. */
interface BadSourceConfig<S extends StandIn> {
  readonly name: string;
  readonly word: RegExp;
  readonly change?: (config: JsonObject, standIn: S) => JsonObject;
  /** Takes a right away or expires a token. */
  readonly arrange?: (standIn: S) => void;
}

/** A trap in paging. */
type PagingTrap<S extends StandIn> =
  | { readonly title: string; readonly bypass: string }
  | {
      readonly title: string;
      readonly arrange: (bench: SourceBench<S>) => void;
      /** Exactly all rows arrive, or those that were removed meanwhile too, or the run fails with this word. */
      readonly outcome: 'everything' | 'no gap' | RegExp;
    };

/** A state file of another connector for the same system. */
interface OfficialState<S extends StandIn> {
  readonly title: string;
  readonly state: (standIn: S) => unknown;
  readonly outcome: 'continued' | 'warned' | RegExp;
}

/** What changes between two runs. */
interface Mutation {
  /** Identities of the rows that have to arrive, by stream. */
  readonly arrives: Readonly<Record<string, readonly string[]>>;
  /** Whether an unchanged row may come again because it shares a unit of reading with a changed one. */
  readonly mayRepeat?: (stream: string, data: JsonObject) => boolean;
}

/**
 * What the suites have to know of a source: about the content of Airbyte's acceptance-test-config, with functions where
 * a stand-in is asked or changed.
 */
export interface SourceProfile<S extends StandIn = StandIn> {
  /** `source-bubble`. */
  readonly name: string;
  /** `sources/bubble`. */
  readonly folder: string;
  /** The command's own entry, for runs whose subject is not the process. */
  readonly runIn: RunIn;
  /** A small remote system, filled alike each time. */
  start(): Promise<S>;
  /** The good config. `origin` is where the stand-in is reached: it differs from `standIn.url` behind a proxy. */
  config(standIn: S, origin: string): JsonObject;
  readonly badConfigs: readonly BadSourceConfig<S>[];
  /** Streams without records, with the reason. */
  readonly emptyStreams: Readonly<Record<string, string>>;
  /** Identity of a record, for comparing with {@link truth}. */
  identity(stream: string, data: JsonObject): string;
  /** Identities of all rows of the remote system by stream, asked of the stand-in and not of the connector. */
  truth(standIn: S): Readonly<Record<string, readonly string[]>>;
  /** Kind of endpoint of a request, such as `list` or `token`; CHK-02 compares what check and read use. */
  kindOf(path: string): string;
  /** Kinds that a connector can do without: refusing them does not have to fail the check. */
  readonly optionalKinds: readonly string[];
  /** The stream that is read in many pages, and how the remote system gets them: ten or more. */
  readonly paged: { readonly stream: string; prepare(standIn: S): void; readonly page: RequestMatch };
  /** Adds rows for about so many bytes of output, read in one order; gives their stream and what the config needs. */
  large(standIn: S, bytes: number): { readonly stream: string; readonly config?: JsonObject };
  /** A state of the paged stream that lies far in the future. */
  readonly futureState: JsonObject;
  /** Changes the remote system between two runs. */
  mutate(standIn: S): Mutation;
  /** Whether a row need not come again when reading goes on from a state: it lies before the lookback window. */
  isCovered(stream: string, data: JsonObject, state: JsonObject): boolean;
  /** Position of a state, for "never backwards"; a text that grows. */
  positionOf(state: JsonObject): string;
  /** States of one stream that are not ours or broken. They are read as empty, or refused with this word. */
  readonly oddStates: readonly { readonly state: JsonObject; readonly outcome: 'everything' | RegExp }[];
  /**
   * State files as official connectors for the system write them, holding the paged stream. They are continued from, refused
   * with this word, or everything is read with a warning.
   */
  readonly officialStates: readonly OfficialState<S>[];
  /** Whether the stand-in gives the same rows on every day, so that some can be checked in. */
  readonly hasGoldenRecords: boolean;
  /** A token that ends in mid-run; absent for static tokens. */
  readonly expiry?: { expire(standIn: S): void; readonly tokenRequest: RequestMatch };
  readonly traps: readonly PagingTrap<S>[];
  /** A row whose texts hold signs that break JSON, lines or terminals. Gives the identity. */
  insertText(standIn: S, text: string): string;
  /** Path of that text in the record. */
  textOf(data: JsonObject): unknown;
  /** A row with fields named `__proto__` and `constructor`; gives the identity. */
  insertPollution(bench: SourceBench<S>): string;
  /**
   * A good config whose secrets are canaries, with all of them. The proxy of the bench may have to translate.
   */
  canary(bench: SourceBench<S>): { readonly config: JsonObject; readonly secrets: readonly string[] };
  /** A config for the public address `https://api.example.test`, plain http and private addresses not allowed. */
  publicConfig(bench: SourceBench<S>): JsonObject;
  /** Moves a state of a released version to the times of the stand-in, where these are not always the same. */
  alignState?(standIn: S, state: JsonObject): JsonObject;
  /** Destination mode of incremental reads; default `append_dedup`. */
  readonly destinationMode?: ConfiguredStream['destination_sync_mode'];
  readonly bypass?: Readonly<Record<string, string>>;
}
