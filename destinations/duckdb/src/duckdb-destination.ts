import fs from 'node:fs';
import path from 'node:path';
import type { Destination, Invocation } from '@cuttle/airbyte-cdk';
import { createStagingFolder, DEFAULT_LIMITS, Engine, loadStreams, removeStagingFolder } from '@cuttle/loader';
import { ConfigError, type ConnectorSpecification } from '@cuttle/protocol';
import { checkWarehouse } from './check-warehouse.js';
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
      segmentBytes: Math.min(DEFAULT_LIMITS.segmentBytes, config.commit_mb * 1_000_000),
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

async function withWarehouse(
  config: DuckdbConfig,
  invocation: Invocation,
  work: (warehouse: DuckdbWarehouse, engine: Engine, folder: string) => Promise<void>,
): Promise<void> {
  const folder = stagingFolder(config.staging_path);
  try {
    const engine = await Engine.open({ folder, memoryMb: config.memory_mb });
    try {
      const { destination_path: file, lock_wait_seconds: seconds } = config;
      const warehouse = new DuckdbWarehouse({ engine, file, waitMs: seconds * 1000, signal: invocation.signal });
      await work(warehouse, engine, folder);
    } finally {
      engine.close();
    }
  } finally {
    removeStagingFolder(folder);
  }
}

function stagingFolder(parent: string | undefined): string {
  try {
    return createStagingFolder(parent);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ConfigError(
      `The staging folder${parent === undefined ? '' : ` (staging_path ${parent})`} cannot be written: ${reason}. Name another in staging_path.`,
      { code: 'STAGING_NOT_WRITABLE', cause: error },
    );
  }
}
