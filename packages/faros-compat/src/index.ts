import { runMain } from '@cuttle/airbyte-cdk';
import type { FarosLogger } from './faros-logger.js';
import { sourceOfModule } from './faros-module.js';
import type { FarosOwnSource, FarosSource } from './faros-source.js';
import { farosConnector } from './hosted-source.js';

/**
 * Runs a source class written for faros-airbyte-cdk as this process, unmodified.
 *
 * @param make makes the source with the logger that it is given: `(logger: AirbyteSourceLogger) => new Shop(logger)`
 */
export async function runFarosSource<L>(make: (logger: L) => FarosSource | FarosOwnSource): Promise<void> {
  await runMain(await farosConnector(make));
}

/**
 * Runs the source of an unmodified package as this process: one whose module exports `mainCommand()`.
 *
 * @param module as in `require`, seen from the working directory
 * @throws {SystemError} `FAROS_MODULE` when the module starts no source
 */
export async function runFarosModule(module: string): Promise<void> {
  await runMain(await farosConnector((logger: FarosLogger) => sourceOfModule(module, logger)));
}

export type {
  FarosMessage,
  FarosOwnSource,
  FarosReadInput,
  FarosSlice,
  FarosSource,
  FarosState,
  FarosStream,
  FarosSyncMode,
} from './faros-source.js';
export { farosConnector } from './hosted-source.js';
