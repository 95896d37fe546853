import fs from 'node:fs';
import path from 'node:path';
import { loadProject, type Project } from '@cuttle/project';
import {
  type Actor,
  type AirbyteSettings,
  AirbyteStandIn,
  addWorkspace,
  type Connection,
  fillWithNovel,
  type JsonMap,
} from '@cuttle/sandbox';
import { airbyteContract, contractFetch, makeFolder, removeFolder } from '@cuttle/testing';
import {
  type ApplyEvent,
  type ApplyOptions,
  type ApplyReport,
  applyPlan,
  type Clock,
  type Imported,
  importWorkspace,
  makePlan,
  openSession,
  type Planned,
  type PlanOptions,
  rememberImport,
  type Session,
} from '../src/index.js';

/** Read once for all benches of a file. */
const CONTRACT = airbyteContract();

/** Documents by their text: most benches of a test have the same ones, and reading them takes longest. */
const LOADED = new Map<string, Project>();

/** How a bench is made. */
export interface BenchOptions {
  readonly settings?: Partial<AirbyteSettings>;
  /** Default: the Novel workspace. */
  readonly isEmpty?: boolean;
  readonly lock?: boolean;
  readonly name?: string;
}

/** A stack of documents, an Airbyte server without sockets, and a clock that never waits. */
export class Bench {
  readonly airbyte: AirbyteStandIn;
  readonly root = makeFolder();
  readonly stack: string;
  readonly secrets: readonly string[];
  /** What Airbyte's API documents have against our requests. */
  readonly problems: string[] = [];
  readonly events: ApplyEvent[] = [];
  environment: Record<string, string | undefined>;
  /** Whether the target has a lock, whose place depends on the folder. */
  private readonly hasLock: boolean;
  /** Total time that was slept, in milliseconds. */
  sleptMs = 0;
  /** Wrapped around each request. */
  before: (url: string, init: RequestInit) => void = () => undefined;

  constructor(options: BenchOptions = {}) {
    this.airbyte = new AirbyteStandIn(options.settings);
    const filled = options.isEmpty === true ? undefined : fillWithNovel(this.airbyte);
    if (filled === undefined) addWorkspace(this.airbyte, 'Novel');
    this.secrets = [...(filled?.secrets ?? []), 'canary-client-secret-4711'];
    this.stack = path.join(this.root, 'connections', options.name ?? 'novel');
    this.environment = { AIRBYTE_CLIENT_SECRET: 'canary-client-secret-4711' };
    this.hasLock = options.lock === true;
    this.writeProject(options.lock === true ? 'lock: .lock/prod.json' : '');
  }

  /** The Project document, with more lines of its target. */
  writeProject(more = '', defaults = ''): void {
    const auth = 'auth: { clientId: cuttle-client, clientSecret: { $env: AIRBYTE_CLIENT_SECRET } }';
    const target = `type: airbyte\n    url: http://airbyte.test/airbyte\n    workspace: Novel\n    ${auth}\n    ${more}`;
    const local = 'local:\n    type: local';
    this.write('project.yaml', `kind: Project\nname: novel\n${defaults}targets:\n  ${local}\n  prod:\n    ${target}\n`);
  }

  write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(this.stack, file)), { recursive: true });
    fs.writeFileSync(path.join(this.stack, file), text);
  }

  read(file: string): string {
    return fs.readFileSync(path.join(this.stack, file), 'utf8');
  }

  /** Replaces a text in a file; fails when it is not there. */
  edit(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} has no ${from}:\n${text}`);
    this.write(
      file,
      text.replace(from, () => to),
    );
  }

  /** @throws when the documents have errors */
  project(): Project {
    const files = fs.readdirSync(this.stack).filter((name) => name.endsWith('.yaml'));
    const text = JSON.stringify([this.hasLock ? this.stack : '', ...files.sort().map((name) => this.read(name))]);
    const known = LOADED.get(text) ?? this.load();
    LOADED.set(text, known);
    return known;
  }

  private load(): Project {
    const { project, diagnostics } = loadProject(this.stack);
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    if (errors.length > 0)
      throw new Error(errors.map((entry) => `${entry.file}:${entry.line} ${entry.message}`).join('\n'));
    return project;
  }

  get clock(): Clock {
    const { clock } = this.airbyte.control;
    return {
      now: () => clock.now(),
      random: () => 0.5,
      sleep: async (ms) => {
        this.sleptMs += ms;
        clock.advance(ms);
      },
    };
  }

  /** The client's way to the server: checked by Airbyte's API documents when they are there. */
  fetch: typeof fetch = async (input, init) => {
    this.before(String(input), init ?? {});
    const checked =
      CONTRACT === undefined ? this.airbyte.fetch : contractFetch(this.airbyte.fetch, CONTRACT, this.problems);
    return checked(input, init);
  };

  session(target?: string): Promise<Session> {
    return openSession(this.project(), {
      target,
      environment: this.environment,
      fetch: this.fetch,
      clock: this.clock,
      timeoutMs: 40,
      slowTimeoutMs: 60,
    });
  }

  async plan(options?: PlanOptions): Promise<Planned> {
    return makePlan(await this.session(), options);
  }

  async apply(options: PlanOptions & ApplyOptions = {}): Promise<ApplyReport> {
    const session = await this.session();
    const planned = await makePlan(session, options);
    return applyPlan(session, planned, { onEvent: (event) => this.events.push(event), ...options });
  }

  /** Imports everything and writes the files. */
  async importAll(names: readonly string[] = [], id?: string): Promise<Imported> {
    const session = await this.session();
    const imported = await importWorkspace(session, { names, ...(id === undefined ? {} : { id }) });
    for (const [file, text] of imported.files) this.write(file, text);
    rememberImport(session, imported);
    return imported;
  }

  /** Sets every variable that the imported documents name. */
  setVariables(imported: Imported, value: (name: string) => string = (name) => `canary-value-of-${name}`): void {
    for (const name of imported.variables) this.environment[name] = value(name);
  }

  actor(name: string): Actor {
    const found = [...this.airbyte.store.actors.values()].filter((actor) => actor.name === name);
    if (found.length !== 1) throw new Error(`${found.length} actors named ${name}`);
    return found[0]!;
  }

  connection(name: string): Connection {
    const found = [...this.airbyte.store.connections.values()].filter((entry) => entry.name === name);
    if (found.length !== 1) throw new Error(`${found.length} connections named ${name}`);
    return found[0]!;
  }

  /** Writes so far, as `PATCH /connections/:id`. */
  writes(): readonly string[] {
    return this.airbyte.writes().map(({ method, path: route }) => {
      const short = route.replace(/^\/airbyte\/api(\/public)?\/v1/, '').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ':id');
      return `${method} ${short}`;
    });
  }

  /** Bodies of the writes to a path. */
  bodies(method: string, part: string): readonly JsonMap[] {
    return this.airbyte
      .writes()
      .filter((entry) => entry.method === method && entry.path.includes(part))
      .map(({ body }) => JSON.parse(body) as JsonMap);
  }

  /** Everything on the server, ids of kinds replaced by names, for comparing two servers. */
  content(): unknown {
    const { store } = this.airbyte;
    const nameOf = (id: string): string => store.actors.get(id)?.name ?? store.definitions.get(id)?.repository ?? id;
    return {
      definitions: [...store.definitions.values()].map(({ repository, tag, name }) => [repository, tag, name]).sort(),
      actors: [...store.actors.values()]
        .map(({ name, role, definitionId, config }) => [name, role, nameOf(definitionId), config])
        .sort(byText),
      connections: [...store.connections.values()]
        .map(({ id: _id, sourceId, destinationId, createdAt: _at, tags, streams, states, ...rest }) => ({
          ...rest,
          source: nameOf(sourceId),
          destination: nameOf(destinationId),
          tags: tags.map((tag) => store.tags.get(tag)?.name).sort(),
          streams: streams.map(({ mappers, ...stream }) => ({
            ...stream,
            mappers: mappers.map(({ id: _mapper, ...mapper }) => mapper),
          })),
          states: [...states].sort(byText),
        }))
        .sort(byText),
      tags: [...store.tags.values()].map(({ name }) => name).sort(),
    };
  }

  remove(): void {
    removeFolder(this.root);
  }
}

function byText(a: unknown, b: unknown): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
