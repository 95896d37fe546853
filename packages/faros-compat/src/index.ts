import { runMain } from '@cuttle/airbyte-cdk';
import type { FarosSource } from './faros-source.js';
import { farosConnector } from './hosted-source.js';

/**
 * Runs a source class written for faros-airbyte-cdk as this process, unmodified.
 *
 * @param make makes the source with the logger that it is given: `(logger: AirbyteSourceLogger) => new Shop(logger)`
 */
export async function runFarosSource<L>(make: (logger: L) => FarosSource): Promise<void> {
  await runMain(await farosConnector(make));
}

export type {
  FarosReadInput,
  FarosSlice,
  FarosSource,
  FarosState,
  FarosStream,
  FarosSyncMode,
} from './faros-source.js';
export { farosConnector } from './hosted-source.js';
