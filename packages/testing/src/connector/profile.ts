import type { JsonObject } from '@cuttle/protocol';
import type { Command, RunOptions, RunResult } from '../harness/run-command.js';

/** A run of `read` or `write` that is ready to be started. */
export interface Workload {
  readonly args: readonly string[];
  /** What goes to stdin; made anew for each run. */
  readonly input?: () => Iterable<string> | AsyncIterable<string>;
}

/** A config that `check` has to refuse. */
interface BadConfig {
  readonly name: string;
  /** What the message has to say: the field or the right. */
  readonly word: RegExp;
  /** Makes it from the good one; may also change what the connector speaks to, which is a fresh one. */
  make(bench: ConnectorBench): JsonObject;
}

/** A connector with what it speaks to, for one test file or one test. */
export interface ConnectorBench {
  /** Of this bench alone. Files of runs go here. */
  readonly folder: string;
  /** A good config. */
  readonly config: JsonObject;
  /** Runs a command and checks every message against the protocol. */
  run(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** A whole, short run of `read` or `write`. */
  small(): Promise<Workload>;
  /** A run with about so many bytes of output. */
  large(bytes: number): Promise<Workload>;
  close(): Promise<void>;
}

/** Where runs are made: each in a process of its own, or inside of the test's where their options allow it. */
export type Place = 'process' | 'here';

/** What the suites for every connector (C, SPEC, CHK) have to know. */
export interface ConnectorProfile {
  /** `source-bubble`. */
  readonly name: string;
  /** `sources/bubble`. */
  readonly folder: string;
  readonly command: Command;
  readonly kind: 'source' | 'destination';
  /** Makes a bench of its own. */
  open(place: Place): Promise<ConnectorBench>;
  readonly badConfigs: readonly BadConfig[];
  /** Most resident memory with a slow reader, MiB (DESIGN.md 9). */
  readonly memoryMiB: number;
  /** Statements that have no subject here, with the reason. */
  readonly bypass?: Readonly<Record<string, string>>;
}
