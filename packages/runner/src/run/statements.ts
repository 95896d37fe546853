import {
  type ConnectionPlan,
  type ConnectorInstance,
  configWithoutSecrets,
  type Environment,
  resolveConfig,
  SecretMask,
} from '@cuttle/project';
import { ConfigError, type StreamDescriptor, SystemError, streamKey, streamLabel } from '@cuttle/protocol';
import { ConnectorProcess, describeExit } from '../process/connector-process.js';
import { PrivateFiles } from '../process/private-files.js';
import { type ConfiguredPair, configureStreams } from './configured-streams.js';
import { discover } from './connector-commands.js';
import { configuredCatalog, prepareStreams } from './generations.js';
import type { OneShotOptions } from './one-shot.js';
import { type RecordsRead, readRecords } from './read-records.js';

/** What a first sync of a stream would run at the destination, in order. */
export interface StreamStatements {
  /** Under the destination's name. */
  readonly stream: StreamDescriptor;
  readonly statements: readonly string[];
}

/** How statements are asked for; the configs come from the plan. */
export interface StatementsOptions extends Pick<OneShotOptions, 'launcher' | 'onLog' | 'signal' | 'timeoutMs'> {
  readonly environment: Environment;
  /** Names of the source's streams; empty for all of the connection. */
  readonly streams: readonly string[];
}

/** Destinations take ids below 2 for those of clients that do not number their syncs. */
const SAMPLE_SYNC_ID = 2;

/**
 * The statements of a connection's first sync. The source is asked for its streams; the destination connects nowhere and
 * no data is read, and its secrets are not needed.
 *
 * @throws {ConfigError} `STREAM_UNKNOWN`, `STATEMENTS_UNSUPPORTED` when the destination has no command for it, and what
 *   a run refuses before it starts; the connector's own errors
 */
export async function previewStatements(
  plan: ConnectionPlan,
  options: StatementsOptions,
): Promise<readonly StreamStatements[]> {
  const source = resolveConfig(plan.source, options.environment);
  const destination = configWithoutSecrets(plan.destination, options.environment);
  const mask = new SecretMask([...source.secrets, ...destination.secrets]);
  const launch = { ...options, folder: plan.root, mask };
  const catalog = await discover(plan.source, { ...launch, config: source.config });
  const wanted = chosen(plan.name, configureStreams(plan, catalog), options.streams);
  const records = await runSql(plan.destination, wanted, { ...launch, config: destination.config });
  return wanted.map(({ destination: stream }) => ({
    stream,
    statements: records
      .filter((record) => streamKey({ ...record, name: record.stream }) === streamKey(stream))
      .map(({ data }) => mask.apply(String(data['sql']))),
  }));
}

/** The pairs of some streams, or all. @throws {ConfigError} `STREAM_UNKNOWN` */
function chosen(
  connection: string,
  pairs: readonly ConfiguredPair[],
  names: readonly string[],
): readonly ConfiguredPair[] {
  const labels = pairs.map(({ stream }) => streamLabel(stream));
  const unknown = names.find((name) => !labels.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(
      `Connection "${connection}" has no stream "${unknown}". It has: ${labels.slice(0, 20).join(', ')}.`,
      { code: 'STREAM_UNKNOWN' },
    );
  }
  return pairs.filter((_pair, index) => names.length === 0 || names.includes(labels[index]!));
}

async function runSql(
  instance: ConnectorInstance,
  pairs: readonly ConfiguredPair[],
  options: OneShotOptions,
): Promise<RecordsRead['records']> {
  const catalog = configuredCatalog(prepareStreams(pairs, undefined, 1, SAMPLE_SYNC_ID), 'destination');
  const name = `destination "${instance.name}"`;
  const privateFiles = new PrivateFiles();
  try {
    const files = {
      config: privateFiles.write('config.json', JSON.stringify(options.config)),
      catalog: privateFiles.write('catalog.json', JSON.stringify(catalog)),
    };
    const child = options.launcher.start({ instance, command: 'sql', files, folder: options.folder });
    const running = new ConnectorProcess(child, name);
    const { records, exit, failure } = await readRecords(running, Number.POSITIVE_INFINITY, options);
    if (failure !== undefined) throw failure;
    if (records.length === 0) {
      throw new ConfigError(`The ${name} cannot print its statements: its connector has no command "sql".`, {
        code: 'STATEMENTS_UNSUPPORTED',
      });
    }
    if (exit.code === 0) return records;
    throw new SystemError(`The ${name} ended with ${describeExit(exit)} and gave no reason.`, {
      code: 'CONNECTOR_SILENT',
    });
  } finally {
    privateFiles.remove();
  }
}
