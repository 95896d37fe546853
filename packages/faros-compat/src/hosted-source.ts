import { type Connector, type Invocation, Source, type SourceContext, sourceConnector } from '@cuttle/airbyte-cdk';
import {
  type AirbyteCatalog,
  ConfigError,
  type ConfiguredCatalog,
  type ConfiguredStream,
  type ConnectorSpecification,
  type JsonObject,
} from '@cuttle/protocol';
import { FarosLogger } from './faros-logger.js';
import {
  asCatalog,
  asJson,
  asSpec,
  describe,
  type FarosOwnSource,
  type FarosSource,
  hasStreams,
} from './faros-source.js';
import { HostedStream } from './hosted-stream.js';
import { knownError } from './known-error.js';
import { OwnRead } from './own-read.js';
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
export async function farosConnector<L>(make: (logger: L) => FarosSource | FarosOwnSource): Promise<Connector> {
  const logger = new FarosLogger();
  const theirs = make(logger as L);
  const spec = asSpec((await theirs.spec()).spec);
  const { check, discover, read } = hasStreams(theirs) ? byStreams(theirs, spec) : byItself(theirs);
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
    check: hosted(check),
    commands: {
      discover: { options: ['config'], run: hosted(discover) },
      read: { options: ['config', 'catalog', 'state?'], run: hosted(read) },
    },
  };
}

/** What each command does. */
type Commands = Readonly<Record<'check' | 'discover' | 'read', (invocation: Invocation) => Promise<void>>>;

/** The kit reads, stream by stream. */
function byStreams(theirs: FarosSource, spec: ConnectorSpecification): Commands {
  const kit = sourceConnector(new HostedSource(theirs, spec));
  return {
    check: (invocation) => kit.check(invocation),
    discover: ({ config, writer }) =>
      writer.write({ type: 'CATALOG', catalog: { streams: theirs.streams(config).map(describe) } }),
    read: (invocation) =>
      withHooks(theirs, invocation, ({ config, catalog, stored }) => {
        const ordered = inOrder(theirs, config, catalog);
        const states = [{ type: 'LEGACY' as const, data: stored }];
        return kit.commands['read']!.run({ ...invocation, config, catalog: ordered, states });
      }),
  };
}

/** The source reads, and its messages are passed on. */
function byItself(theirs: FarosOwnSource): Commands {
  return {
    async check({ config }) {
      const { status, message } = (await theirs.check(config)).connectionStatus;
      if (status === 'SUCCEEDED') return;
      throw new ConfigError(message ?? 'The source refuses the config.', { code: 'FAROS_CHECK' });
    },
    async discover({ config, writer }) {
      const { catalog } = await theirs.discover(config);
      await writer.write({ type: 'CATALOG', catalog: catalog as AirbyteCatalog });
    },
    read: (invocation) =>
      withHooks(theirs, invocation, ({ config, catalog, stored }) => {
        // In place of the config without its secrets, which it only sends on: nothing of it is sent.
        const messages = theirs.read(config, {}, catalog, structuredClone(stored));
        return new OwnRead({ ...invocation, catalog }, stored).run(messages);
      }),
  };
}

/** What a read goes on from, behind the hooks of the source. */
interface ReadInput {
  readonly config: JsonObject;
  readonly catalog: ConfiguredCatalog;
  /** States by stream. */
  readonly stored: JsonObject;
}

/** Their hooks around a read, in their order. */
async function withHooks(
  theirs: FarosSource | FarosOwnSource,
  invocation: Invocation,
  run: (input: ReadInput) => Promise<void>,
): Promise<void> {
  const config = await theirs.onBeforeRun(invocation.config);
  const stored = statesByStream(invocation.states);
  const input = await theirs.onBeforeRead(config, invocation.catalog, stored);
  await run({ config: asJson(input.config), catalog: asCatalog(input.catalog), stored: asJson(input.state ?? {}) });
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
