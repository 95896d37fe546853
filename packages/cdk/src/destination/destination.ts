import type { ConnectorSpecification } from '@cuttle/protocol';
import type { Connector } from '../command/connector.js';
import type { Invocation } from '../command/invocation.js';
import { runMain } from '../command/run-connector.js';

/** A destination: what `spec`, `check` and `write` do. */
export interface Destination {
  readonly spec: ConnectorSpecification;
  /**
   * Does with a probe table what `write` will do, and cleans up.
   *
   * @throws {ConfigError} when the user has to change something: the answer is FAILED and the exit code 0
   */
  check(invocation: Invocation): Promise<void>;
  /** Loads the messages of `invocation.stdin`; a throw ends the run with an ERROR trace and exit code 1. */
  write(invocation: Invocation): Promise<void>;
}

/** Runs a destination as this process. */
export async function runDestination(destination: Destination): Promise<void> {
  const connector: Connector = {
    spec: destination.spec,
    check: (invocation) => destination.check(invocation),
    commands: {
      write: { options: ['config', 'catalog'], run: (invocation) => destination.write(invocation) },
    },
  };
  await runMain(connector);
}
