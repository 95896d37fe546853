import { type ConnectionPlan, type Environment, resolveConfig, SecretMask } from '@cuttle/project';
import { ConfigError, type StreamDescriptor, SystemError, streamKey, streamLabel } from '@cuttle/protocol';
import { ConnectorProcess, describeExit } from '../process/connector-process.js';
import { PrivateFiles } from '../process/private-files.js';
import { configureStreams } from './configured-streams.js';
import { discover } from './connector-commands.js';
import { configuredCatalog, prepareStreams } from './generations.js';
import type { OneShotOptions } from './one-shot.js';
import { readRecords } from './read-records.js';

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

/**
 * The statements of a connection's first sync. The source is asked for its streams; the destination connects nowhere and
 * no data is read.
 *
 * @throws {ConfigError} `STREAM_UNKNOWN`, `STATEMENTS_UNSUPPORTED` when the destination has no command for it, and what
 *   a run refuses before it starts; the connector's own errors
 */
export async function previewStatements(
  plan: ConnectionPlan,
  options: StatementsOptions,
): Promise<readonly StreamStatements[]> {
  const source = resolveConfig(plan.source, options.environment);
  const destination = resolveConfig(plan.destination, options.environment);
  const mask = new SecretMask([...source.secrets, ...destination.secrets]);
  const launch = { ...options, folder: plan.root, mask };
  const catalog = await discover(plan.source, { ...launch, config: source.config });
  const pairs = configureStreams(plan, catalog);
  const labels = pairs.map(({ stream }) => streamLabel(stream));
  const unknown = options.streams.find((name) => !labels.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(
      `Connection "${plan.name}" has no stream "${unknown}". It has: ${labels.slice(0, 20).join(', ')}.`,
      { code: 'STREAM_UNKNOWN' },
    );
  }
  const wanted = pairs.filter(
    (_pair, index) => options.streams.length === 0 || options.streams.includes(labels[index]!),
  );
  const configured = configuredCatalog(prepareStreams(wanted, undefined, 1, 1), 'destination');
  const files = new PrivateFiles();
  try {
    const given = {
      config: files.write('config.json', JSON.stringify(destination.config)),
      catalog: files.write('catalog.json', JSON.stringify(configured)),
    };
    const request = { instance: plan.destination, command: 'sql', files: given, folder: plan.root } as const;
    const name = `destination "${plan.destination.name}"`;
    const running = new ConnectorProcess(options.launcher.start(request), name);
    const { records, exit, failure } = await readRecords(running, Number.POSITIVE_INFINITY, launch);
    if (failure !== undefined) throw failure;
    if (records.length === 0) {
      throw new ConfigError(`The ${name} cannot print its statements: its connector has no command "sql".`, {
        code: 'STATEMENTS_UNSUPPORTED',
      });
    }
    if (exit.code !== 0) {
      throw new SystemError(`The ${name} ended with ${describeExit(exit)} and gave no reason.`, {
        code: 'CONNECTOR_SILENT',
      });
    }
    return wanted.map(({ destination: stream }) => ({
      stream,
      statements: records
        .filter((record) => streamKey({ name: record.stream, ...namespaceOf(record) }) === streamKey(stream))
        .map(({ data }) => String(data['sql'])),
    }));
  } finally {
    files.remove();
  }
}

function namespaceOf({ namespace }: { readonly namespace?: string | null }): { readonly namespace?: string } {
  return namespace == null ? {} : { namespace };
}
