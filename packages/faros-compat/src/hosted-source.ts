import { type Connector, type Invocation, Source, type SourceContext, sourceConnector } from '@cuttle/airbyte-cdk';
import {
  ConfigError,
  type ConfiguredCatalog,
  type ConfiguredStream,
  type ConnectorSpecification,
  type JsonObject,
} from '@cuttle/protocol';
import { FarosLogger } from './faros-logger.js';
import { asCatalog, asJson, asSpec, describe, type FarosSource } from './faros-source.js';
import { HostedStream } from './hosted-stream.js';
import { knownError } from './known-error.js';
import { statesByStream } from './stored-state.js';

/** A source of faros-airbyte-cdk as one of the kit. Streams are read one after another, as it expects. */
class HostedSource extends Source<JsonObject> {
  readonly spec: ConnectorSpecification;
  readonly #theirs: FarosSource;

  constructor(theirs: FarosSource, spec: ConnectorSpecification) {
    super();
    this.#theirs = theirs;
    this.spec = spec;
  }

  async check({ config }: SourceContext<JsonObject>): Promise<void> {
    const [isGood, error] = await this.#theirs.checkConnection(config);
    if (!isGood) throw new ConfigError(error?.message ?? 'The source refuses the config.', { code: 'FAROS_CHECK' });
  }

  streams({ config }: SourceContext<JsonObject>): readonly HostedStream[] {
    return this.#theirs.streams(config).map((stream) => new HostedStream(stream));
  }

  override concurrency(): number {
    return 1;
  }
}

/** A source class of faros-airbyte-cdk as a connector of the kit. @param make gets the logger that the source is given */
export async function farosConnector<L>(make: (logger: L) => FarosSource): Promise<Connector> {
  const logger = new FarosLogger();
  const theirs = make(logger as L);
  const spec = asSpec((await theirs.spec()).spec);
  const kit = sourceConnector(new HostedSource(theirs, spec));
  const hosted = (run: (invocation: Invocation) => Promise<void>) => async (invocation: Invocation) => {
    logger.attach(invocation.log);
    try {
      await run(invocation);
    } catch (error) {
      throw knownError(error);
    }
  };
  return {
    spec,
    check: hosted((invocation) => kit.check(invocation)),
    commands: {
      discover: { options: ['config'], run: hosted((invocation) => discover(theirs, invocation)) },
      read: {
        options: ['config', 'catalog', 'state?'],
        run: hosted((invocation) => read(theirs, invocation, (input) => kit.commands['read']!.run(input))),
      },
    },
  };
}

async function discover(theirs: FarosSource, { config, writer }: Invocation): Promise<void> {
  await writer.write({ type: 'CATALOG', catalog: { streams: theirs.streams(config).map(describe) } });
}

/** Their hooks around the kit's read, in their order. */
async function read(
  theirs: FarosSource,
  invocation: Invocation,
  run: (invocation: Invocation) => Promise<void>,
): Promise<void> {
  const config = await theirs.onBeforeRun(invocation.config);
  const stored = statesByStream(invocation.states);
  const input = await theirs.onBeforeRead(config, invocation.catalog, stored);
  const catalog = inOrder(theirs, input.config, asCatalog(input.catalog));
  const states = [{ type: 'LEGACY' as const, data: asJson(input.state ?? {}) }];
  await run({ ...invocation, config: asJson(input.config), catalog, states });
  await theirs.onAfterRead(config);
}

/** The configured streams, each behind those that it depends on; dependencies that are not configured do not count. */
function inOrder(theirs: FarosSource, config: object, catalog: ConfiguredCatalog): ConfiguredCatalog {
  const needs = new Map(theirs.streams(config).map(({ name, dependencies }) => [name, dependencies]));
  const configured = new Map(catalog.streams.map((entry) => [entry.stream.name, entry]));
  const ordered = new Set<ConfiguredStream>();
  const visit = (name: string, path: readonly string[]): void => {
    const entry = configured.get(name);
    if (entry === undefined || ordered.has(entry)) return;
    if (path.includes(name)) {
      const message = `Streams depend on each other in a circle: ${[...path, name].join(', ')}.`;
      throw new ConfigError(message, { code: 'FAROS_DEPENDENCY_CIRCLE' });
    }
    for (const needed of needs.get(name) ?? []) visit(needed, [...path, name]);
    ordered.add(entry);
  };
  for (const name of configured.keys()) visit(name, []);
  return { ...catalog, streams: [...ordered] };
}
