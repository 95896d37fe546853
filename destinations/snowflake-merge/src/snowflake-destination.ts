import fs from 'node:fs';
import path from 'node:path';
import type { Destination, Invocation } from '@cuttle/airbyte-cdk';
import { checkWarehouse, DEFAULT_LIMITS, type Engine, loadStreams, withEngine } from '@cuttle/loader';
import type { ConnectorSpecification } from '@cuttle/protocol';
import { type SnowflakeConfig, snowflakeConfig } from './config.js';
import { SnowflakeClient } from './snowflake-client.js';
import { SnowflakeDialect } from './snowflake-dialect.js';
import { SnowflakeWarehouse } from './snowflake-warehouse.js';

/** A check answers soon, also when the network does not. */
const CHECK_SECONDS = 60;

/** Loads streams into tables of a Snowflake schema. */
export class SnowflakeDestination implements Destination {
  get spec(): ConnectorSpecification {
    const file = path.join(__dirname, '..', 'resources', 'spec.json');
    return JSON.parse(fs.readFileSync(file, 'utf8')) as ConnectorSpecification;
  }

  async check(invocation: Invocation): Promise<void> {
    const config = snowflakeConfig(invocation.config);
    const patient = { ...config, network_wait_seconds: Math.min(config.network_wait_seconds, CHECK_SECONDS) };
    await withWarehouse(patient, invocation, (warehouse, _engine, folder) =>
      checkWarehouse(warehouse, config.schema, folder),
    );
  }

  async write(invocation: Invocation): Promise<void> {
    const config = snowflakeConfig(invocation.config);
    const commitBytes = config.commit_mb * 1_000_000;
    const limits = {
      ...DEFAULT_LIMITS,
      commitBytes,
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
  config: SnowflakeConfig,
  invocation: Invocation,
  work: (warehouse: SnowflakeWarehouse, engine: Engine, folder: string) => Promise<void>,
): Promise<void> {
  const { staging_path: stagingPath, memory_mb: memoryMb, network_wait_seconds: seconds } = config;
  return withEngine({ stagingPath, memoryMb }, async (engine, folder) => {
    const { log, signal } = invocation;
    const client = new SnowflakeClient({ config, log, retrySeconds: seconds });
    const dialect = new SnowflakeDialect({ numberType: config.number_type, clusterBy: config.cluster_by });
    const warehouse = new SnowflakeWarehouse({
      client,
      dialect,
      engine,
      folder,
      patienceMs: seconds * 1000,
      signal,
    });
    try {
      await work(warehouse, engine, folder);
    } finally {
      await warehouse.close();
    }
  });
}
