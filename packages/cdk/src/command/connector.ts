import type { ConnectorSpecification } from '@cuttle/protocol';
import type { FileOption } from './arguments.js';
import type { Invocation } from './invocation.js';

/** One command besides `spec` and `check`. */
export interface ConnectorCommand {
  /** The options it takes; `state?` is optional, the others are required. */
  readonly options: readonly (FileOption | 'state?')[];
  /** Left out of the usage text: a command of ours that no platform calls. */
  readonly isHidden?: boolean;
  /** Does the work and resolves when it is done; a throw becomes the ERROR trace and exit code 1. */
  run(invocation: Invocation): Promise<void>;
}

/** A connector as the command runner sees it: a source or a destination. */
export interface Connector {
  /** Answer of `spec`; also what configs are checked against. */
  readonly spec: ConnectorSpecification;
  /**
   * Tries the config.
   *
   * @throws {ConfigError} when the user has to change something: the answer is FAILED and the exit code 0
   */
  check(invocation: Invocation): Promise<void>;
  /** `discover` and `read` of a source, `write` of a destination, by name. */
  readonly commands: { readonly [name: string]: ConnectorCommand };
}
