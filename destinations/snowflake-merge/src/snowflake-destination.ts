import path from 'node:path';
import { type Destination, type Invocation, readSpec } from '@cuttle/airbyte-cdk';
import {
  checkWarehouse,
  type Engine,
  loadLimits,
  loadStreams,
  printStatements,
  STAGING_PLACEHOLDER,
  withEngine,
} from '@cuttle/loader';
import { type SnowflakeConfig, snowflakeConfig } from './config.js';
import { NotingClient } from './noting-client.js';
import { SnowflakeClient, type StatementClient } from './snowflake-client.js';
import { SnowflakeDialect } from './snowflake-dialect.js';
import { SnowflakeWarehouse } from './snowflake-warehouse.js';

/** A check answers soon, also when the network does not. */
const CHECK_SECONDS = 60;

/** Loads streams into tables of a Snowflake schema. */
export class SnowflakeDestination implements Destination {
  readonly spec = readSpec(path.join(__dirname, '..', 'resources', 'spec.json'));

  async check(invocation: Invocation): Promise<void> {
    const config = snowflakeConfig(invocation.config);
    const patient = { ...config, network_wait_seconds: Math.min(config.network_wait_seconds, CHECK_SECONDS) };
    const client = clientOf(patient, invocation);
    await withWarehouse(patient, invocation, client, (warehouse, _engine, folder) =>
      checkWarehouse(warehouse, config.schema, folder),
    );
  }

  async write(invocation: Invocation): Promise<void> {
    const config = snowflakeConfig(invocation.config);
    await withWarehouse(config, invocation, clientOf(config, invocation), loadingInto(config, invocation));
  }

  /** Goes the way of `write` with a client that notes each statement and sends none. */
  async sql(invocation: Invocation): Promise<void> {
    const config = snowflakeConfig(invocation.config);
    await printStatements(invocation, (own, note) => {
      const load = loadingInto(config, own);
      let staging = '';
      const client = new NotingClient((sql) => note(sql.replaceAll(staging, STAGING_PLACEHOLDER)));
      return withWarehouse(config, own, client, (warehouse, engine, folder) => {
        staging = folder;
        return load(warehouse, engine, folder);
      });
    });
  }
}

type Work = (warehouse: SnowflakeWarehouse, engine: Engine, folder: string) => Promise<void>;

function loadingInto(config: SnowflakeConfig, invocation: Invocation): Work {
  return (warehouse, engine, folder) =>
    loadStreams({
      invocation,
      warehouse,
      engine,
      folder,
      place: `the database ${config.database}`,
      limits: loadLimits(config),
      defaultSchema: config.schema,
      deleteMode: config.cdc_deletion_mode,
    });
}

function clientOf(config: SnowflakeConfig, { log, awaited }: Invocation): SnowflakeClient {
  return new SnowflakeClient({ config, log, awaited, retrySeconds: config.network_wait_seconds });
}

function withWarehouse(
  config: SnowflakeConfig,
  { signal }: Invocation,
  client: StatementClient,
  work: Work,
): Promise<void> {
  const { staging_path: stagingPath, memory_mb: memoryMb, network_wait_seconds: seconds } = config;
  return withEngine({ stagingPath, memoryMb }, async (engine, folder) => {
    const dialect = new SnowflakeDialect({ numberType: config.number_type, clusterBy: config.cluster_by });
    const patienceMs = seconds * 1000;
    const warehouse = new SnowflakeWarehouse({ client, dialect, engine, folder, patienceMs, signal });
    try {
      await work(warehouse, engine, folder);
    } finally {
      await warehouse.close();
    }
  });
}
