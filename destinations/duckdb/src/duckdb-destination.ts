import path from 'node:path';
import { type Destination, type Invocation, readSpec } from '@cuttle/airbyte-cdk';
import {
  checkWarehouse,
  type Engine,
  HeldSpace,
  literal,
  loadLimits,
  loadStreams,
  printStatements,
  STAGING_PLACEHOLDER,
  withEngine,
} from '@cuttle/loader';
import { type DuckdbConfig, duckdbConfig } from './config.js';
import { DuckdbWarehouse } from './duckdb-warehouse.js';

const CHECK_WAIT_SECONDS = 30;

/** Loads streams into tables of a DuckDB file. */
export class DuckdbDestination implements Destination {
  readonly spec = readSpec(path.join(__dirname, '..', 'resources', 'spec.json'));

  async check(invocation: Invocation): Promise<void> {
    const config = duckdbConfig(invocation.config);
    // A check has to answer soon, also while another program has the file.
    const patient = { ...config, lock_wait_seconds: Math.min(config.lock_wait_seconds, CHECK_WAIT_SECONDS) };
    await withWarehouse(patient, invocation, (warehouse, _engine, folder) =>
      checkWarehouse(warehouse, config.schema, folder),
    );
  }

  async write(invocation: Invocation): Promise<void> {
    const config = duckdbConfig(invocation.config);
    await withWarehouse(config, invocation, loadingInto(config, invocation));
  }

  /** Loads into a file that is thrown away; the user's is not touched. */
  async sql(invocation: Invocation): Promise<void> {
    const config = duckdbConfig(invocation.config);
    await printStatements(invocation, (own, note) =>
      withWarehouse(config, own, loadingInto(config, own), (sql, folder) =>
        note(
          sql
            .replaceAll(literal(throwAway(folder)), literal(config.destination_path))
            .replaceAll(folder, STAGING_PLACEHOLDER),
        ),
      ),
    );
  }
}

type Work = (warehouse: DuckdbWarehouse, engine: Engine, folder: string) => Promise<void>;

function loadingInto(config: DuckdbConfig, invocation: Invocation): Work {
  return (warehouse, engine, folder) =>
    loadStreams({
      invocation,
      warehouse,
      engine,
      folder,
      place: config.destination_path,
      limits: loadLimits(config),
      memoryMb: config.memory_mb,
      held: HeldSpace.on(folder, loadLimits(config).commitBytes),
      defaultSchema: config.schema,
      deleteMode: config.cdc_deletion_mode,
      takesSmallBatches: true,
    });
}

function throwAway(folder: string): string {
  return path.join(folder, 'throw-away.duckdb');
}

/** @param onStatement when given, the file is a throw-away one in the staging folder */
function withWarehouse(
  config: DuckdbConfig,
  invocation: Invocation,
  work: Work,
  onStatement?: (sql: string, folder: string) => void,
): Promise<void> {
  const { lock_wait_seconds: seconds, staging_path: stagingPath, memory_mb: memoryMb } = config;
  const needs = { stagingPath, memoryMb, ...(onStatement === undefined ? {} : { onStatement }) };
  return withEngine(needs, (engine, folder) => {
    const file = onStatement === undefined ? config.destination_path : throwAway(folder);
    const warehouse = new DuckdbWarehouse({ engine, file, waitMs: seconds * 1000, signal: invocation.signal });
    return work(warehouse, engine, folder);
  });
}
