import type { ConnectorSpecification } from '@cuttle/protocol';
import type { Connector } from '../command/connector.js';
import { type Host, processHost } from '../command/host.js';
import type { Invocation } from '../command/invocation.js';
import { runConnector, runMain } from '../command/run-connector.js';

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
  /** Sends the statements that a first `write` of the catalog would run, as records `{ sql }` of its streams. */
  sql?(invocation: Invocation): Promise<void>;
}

/** Runs a destination as this process. */
export function runDestination(destination: Destination): Promise<void> {
  return runMain(destinationConnector(destination));
}

/** Runs a destination inside a test or another program and gives its exit code. */
export function runDestinationIn(destination: Destination, host: Partial<Host>): Promise<number> {
  return runConnector(destinationConnector(destination), { ...processHost(), ...host });
}

function destinationConnector(destination: Destination): Connector {
  const options = ['config', 'catalog'] as const;
  const sql = destination.sql?.bind(destination);
  return {
    spec: destination.spec,
    check: (invocation) => destination.check(invocation),
    commands: {
      write: { options, run: (invocation) => destination.write(invocation) },
      ...(sql === undefined ? {} : { sql: { options, run: sql, isHidden: true } }),
    },
  };
}
