import fs from 'node:fs';
import path from 'node:path';
import type { Destination, Invocation } from '@cuttle/airbyte-cdk';
import { checkWarehouse, DEFAULT_LIMITS, type Engine, loadStreams, withEngine } from '@cuttle/loader';
import type { ConnectorSpecification } from '@cuttle/protocol';
import { type DuckdbConfig, duckdbConfig } from './config.js';
import { DuckdbWarehouse } from './duckdb-warehouse.js';

const CHECK_WAIT_SECONDS = 30;

/** Loads streams into tables of a DuckDB file. */
export class DuckdbDestination implements Destination {
  get spec(): ConnectorSpecification {
    const file = path.join(__dirname, '..', 'resources', 'spec.json');
    return JSON.parse(fs.readFileSync(file, 'utf8')) as ConnectorSpecification;
  }

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
    const limits = {
      ...DEFAULT_LIMITS,
      commitBytes: config.commit_mb * 1_000_000,
      commitMs: config.commit_interval_ms,
    };
    await withWarehouse(config, invocation, (warehouse, engine, folder) =>
      loadStreams({
        invocation,
        warehouse,
        engine,
        folder,
        limits,
        defaultSchema: config.schema,
        deleteMode: config.cdc_deletion_mode,
      }),
    );
  }
}

function withWarehouse(
  config: DuckdbConfig,
  invocation: Invocation,
  work: (warehouse: DuckdbWarehouse, engine: Engine, folder: string) => Promise<void>,
): Promise<void> {
  const { destination_path: file, lock_wait_seconds: seconds, staging_path: stagingPath, memory_mb: memoryMb } = config;
  return withEngine({ stagingPath, memoryMb }, (engine, folder) => {
    const warehouse = new DuckdbWarehouse({ engine, file, waitMs: seconds * 1000, signal: invocation.signal });
    return work(warehouse, engine, folder);
  });
}
