import fs from 'node:fs';
import path from 'node:path';
import { didYouMean, type Project, readConnectorSpec, splitImage, writeDocuments } from '@cuttle/project';
import { ConfigError, type JsonObject, type JsonSchema } from '@cuttle/protocol';
import type { Role } from '../client/public-api.js';
import type { RemoteActor, RemoteConnection, RemoteDefinition, RemoteStream } from '../client/wire.js';
import { Catalogs } from '../model/catalogs.js';
import { markOf } from '../model/connections.js';
import { coordinatesOf } from '../model/coordinates.js';
import { keyOf } from '../model/plan.js';
import { type Remote, readRemote } from '../model/remote.js';
import type { Session } from '../model/session.js';
import { isFolderOf } from './connector-folder.js';
import { type ImportedConnector, importActor, VariableNames } from './import-actor.js';
import { importConnection, NotImportable } from './import-connection.js';

/** What is imported. */
export interface ImportOptions {
  /** `KIND/NAME`, such as `source/stripe-ext`; empty imports everything. */
  readonly names: readonly string[];
  /** Id of the one thing that is named, when several have its name. */
  readonly id?: string;
}

/** A connection as it was read, beside the schema of its source. */
interface ImportedConnection {
  readonly remote: RemoteConnection;
  readonly catalog: readonly RemoteStream[] | undefined;
}

/** Documents of what is on the server. */
export interface Imported {
  /** File name -> text, to be written into the stack's folder. */
  readonly files: ReadonlyMap<string, string>;
  /** Environment variables that the documents name. */
  readonly variables: readonly string[];
  /** Keys of what was imported. */
  readonly imported: readonly string[];
  /** Id of each, by key. */
  readonly ids: ReadonlyMap<string, string>;
  /** Where Airbyte keeps the secrets of each source and destination, by key; read only for a lock. */
  readonly coordinates: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Each connection with its source's schema, by key. */
  readonly connections: ReadonlyMap<string, ImportedConnection>;
  /** What was left out, and why. */
  readonly skipped: readonly string[];
}

/**
 * Reads a workspace into documents. What the documents have already is left alone. Once the documents are
 * written, `rememberImport` keeps what a lock has of them.
 *
 * @throws {ConfigError} `IMPORT_UNKNOWN`, `NAME_TWICE_ON_SERVER` for a thing that is named; `IMPORT_NEEDS_LOCK`
 */
export async function importWorkspace(session: Session, options: ImportOptions): Promise<Imported> {
  const remote = await readRemote(session.api);
  const run = new ImportRun(session, remote, options);
  await run.actors();
  await run.connections();
  return run.result();
}

class ImportRun {
  readonly #session: Session;
  readonly #remote: Remote;
  readonly #options: ImportOptions;
  readonly #project: Project;
  readonly #variables = new VariableNames();
  readonly #connectors = new Map<string, { readonly role: Role; readonly key: string; readonly entry: JsonObject }>();
  readonly #documents: Record<'Source' | 'Destination' | 'Connection', JsonObject[]> = {
    Source: [],
    Destination: [],
    Connection: [],
  };
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  readonly #coordinates = new Map<string, Readonly<Record<string, string>>>();
  readonly #read = new Map<string, ImportedConnection>();
  readonly #skipped: string[] = [];

  constructor(session: Session, remote: Remote, options: ImportOptions) {
    this.#session = session;
    this.#remote = remote;
    this.#options = options;
    this.#project = session.project;
  }

  async actors(): Promise<void> {
    for (const role of ['source', 'destination'] as const) {
      const documents = role === 'source' ? this.#project.sources : this.#project.destinations;
      const all = this.#remote.actors[role];
      for (const actor of all) if (documents.has(actor.name)) this.#names.set(actor.id, actor.name);
      const needed = this.#needed(role);
      const chosen = this.#choose(role, all, needed).filter(({ name }) => !documents.has(name));
      for (const actor of chosen) await this.#actor(role, actor);
    }
  }

  async connections(): Promise<void> {
    const catalogs = new Catalogs(this.#session.api);
    const chosen = this.#choose('connection', this.#remote.connections, new Set());
    for (const connection of chosen.filter(({ name }) => !this.#project.connections.has(name))) {
      await this.#connection(connection, catalogs);
    }
  }

  result(): Imported {
    const files = new Map<string, string>();
    const add = (name: string, documents: readonly JsonObject[]): void => {
      if (documents.length > 0) files.set(this.#freeFile(name), writeDocuments(documents));
    };
    add('connectors', this.#connectorsDocument());
    add('sources', this.#documents.Source);
    add('destinations', this.#documents.Destination);
    add('connections', this.#documents.Connection);
    const variables = this.#variables.all();
    return {
      files,
      variables,
      imported: [...this.#ids.keys()],
      ids: this.#ids,
      coordinates: this.#coordinates,
      connections: this.#read,
      skipped: this.#skipped,
    };
  }

  /** Ids of sources or destinations that named connections need. */
  #needed(role: Role): ReadonlySet<string> {
    const names = this.#options.names.filter((name) => name.startsWith('connection/'));
    const connections = this.#remote.connections.filter(({ name }) => names.includes(keyOf('connection', name)));
    return new Set(connections.map((entry) => (role === 'source' ? entry.sourceId : entry.destinationId)));
  }

  /** What was asked for; names that several things have are left out, unless an id was given. */
  #choose<Entry extends { readonly id: string; readonly name: string }>(
    kind: string,
    all: readonly Entry[],
    needed: ReadonlySet<string>,
  ): readonly Entry[] {
    const { names, id } = this.#options;
    const isAsked = (entry: Entry): boolean =>
      names.length === 0 || names.includes(keyOf(kind, entry.name)) || needed.has(entry.id);
    this.#refuseUnknown(kind, all);
    const locked = this.#session.lock;
    return all.filter(isAsked).filter((entry) => {
      const key = keyOf(kind, entry.name);
      const twins = all.filter(({ name }) => name === entry.name);
      const chosen = id ?? locked?.get(key)?.id;
      if (twins.length === 1 || chosen === entry.id) return true;
      if (twins.some((twin) => twin.id === chosen)) return false;
      this.#twice(key, twins);
      return false;
    });
  }

  #refuseUnknown(kind: string, all: readonly { readonly name: string; readonly id: string }[]): void {
    const { names, id } = this.#options;
    for (const wanted of names.filter((name) => name.startsWith(`${kind}/`))) {
      const name = wanted.slice(kind.length + 1);
      const found = all.filter((entry) => entry.name === name);
      if (found.length > 0 && (id === undefined || found.some((entry) => entry.id === id))) continue;
      const hint = didYouMean(
        name,
        all.map((entry) => entry.name),
      );
      const what = id === undefined ? '' : ` with the id ${id}`;
      throw new ConfigError(`Airbyte has no ${kind} "${name}"${what}.${hint}`, { code: 'IMPORT_UNKNOWN' });
    }
  }

  #twice(key: string, twins: readonly { readonly id: string }[]): void {
    const message = `Airbyte has ${twins.length} things for ${key}: ${twins.map(({ id }) => id).join(', ')}; rename all but one of them there, or choose one with \`cuttle import ${JSON.stringify(key)} --id ID\``;
    if (this.#options.names.includes(key)) throw new ConfigError(`${message}.`, { code: 'NAME_TWICE_ON_SERVER' });
    if (!this.#skipped.includes(message)) this.#skipped.push(message);
  }

  async #actor(role: Role, actor: RemoteActor): Promise<void> {
    if (!isName(actor.name)) {
      this.#skipped.push(`${keyOf(role, actor.name)}: its name begins or ends with a space, or is too long`);
      return;
    }
    const connector = await this.#connector(role, actor.definitionId);
    if (connector === undefined) {
      this.#skipped.push(`${keyOf(role, actor.name)}: its connector is not known`);
      return;
    }
    const document = importActor(role, actor, connector, this.#variables);
    this.#documents[role === 'source' ? 'Source' : 'Destination'].push(document);
    this.#names.set(actor.id, actor.name);
    this.#remember(keyOf(role, actor.name), actor.id);
    if (this.#session.lock === undefined) return;
    const shown = await this.#session.api.getActor(role, actor.id, true);
    const places = shown === undefined ? {} : coordinatesOf(shown);
    if (Object.keys(places).length > 0) this.#coordinates.set(keyOf(role, actor.name), places);
  }

  /** The connector of a definition: one of the documents, or a new entry. */
  async #connector(role: Role, definitionId: string): Promise<ImportedConnector | undefined> {
    const own = this.#remote.definitions[role].find(({ id }) => id === definitionId);
    const known = own === undefined ? undefined : this.#entryOf(role, own);
    if (known !== undefined) return known;
    const made = this.#connectors.get(definitionId);
    if (made !== undefined) return this.#withSpec(made.key, role, definitionId, made.entry);
    const entry = own === undefined ? await this.#builtin(role, definitionId) : this.#image(role, own);
    if (entry === undefined) return undefined;
    const base = own === undefined ? String(entry['builtin']) : keyOfImage(own.repository);
    const key = this.#freeKey(role, base);
    this.#connectors.set(definitionId, { role, key, entry });
    return this.#withSpec(key, role, definitionId, entry);
  }

  async #withSpec(key: string, role: Role, definitionId: string, entry: JsonObject): Promise<ImportedConnector> {
    const spec = await this.#spec(role, definitionId, entry);
    return { key, spec, isLocal: typeof entry['path'] === 'string' };
  }

  #entryOf(role: Role, definition: RemoteDefinition): ImportedConnector | undefined {
    const entries = role === 'source' ? this.#project.sourceConnectors : this.#project.destinationConnectors;
    for (const entry of entries.values()) {
      if (entry.image === undefined || splitImage(entry.image).repository !== definition.repository) continue;
      const { key, folder } = entry;
      return { key, spec: folder === undefined ? undefined : readConnectorSpec(folder), isLocal: folder !== undefined };
    }
    return undefined;
  }

  #image(role: Role, { repository, tag, name }: RemoteDefinition): JsonObject {
    const folder = `${role}s/${keyOfImage(repository)}`;
    const isHere = isFolderOf(path.join(this.#project.root, folder), repository, tag);
    return { image: `${repository}:${tag}`, ...(isHere ? { path: folder } : {}), name };
  }

  async #builtin(role: Role, definitionId: string): Promise<JsonObject | undefined> {
    const found = (await this.#session.api.listConnectors(role)).find(({ id }) => id === definitionId);
    return found === undefined ? undefined : { builtin: found.name };
  }

  /** From the repository, else from the server; without one, secrets are known by their masks. */
  async #spec(role: Role, definitionId: string, entry: JsonObject): Promise<JsonSchema | undefined> {
    if (typeof entry['path'] === 'string') return readConnectorSpec(path.join(this.#project.root, entry['path']));
    const { config, workspace } = this.#session;
    if (!(await config.isThere())) return undefined;
    const known = this.#specs.get(definitionId) ?? config.spec(role, definitionId, workspace.id).catch(() => undefined);
    this.#specs.set(definitionId, known);
    return known;
  }

  readonly #specs = new Map<string, Promise<JsonSchema | undefined>>();

  #freeKey(role: Role, base: string): string {
    const entries = role === 'source' ? this.#project.sourceConnectors : this.#project.destinationConnectors;
    const used = new Set([
      ...entries.keys(),
      ...[...this.#connectors.values()].filter((made) => made.role === role).map(({ key }) => key),
    ]);
    let key = base
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '');
    for (let count = 2; used.has(key); count += 1) key = `${base}-${count}`;
    return key;
  }

  async #connection(connection: RemoteConnection, catalogs: Catalogs): Promise<void> {
    const key = keyOf('connection', connection.name);
    const [source, destination] = [this.#names.get(connection.sourceId), this.#names.get(connection.destinationId)];
    if (!isName(connection.name) || source === undefined || destination === undefined) {
      const reason = isName(connection.name)
        ? 'its source or destination was not imported'
        : 'its name is no name here';
      this.#skipped.push(`${key}: ${reason}`);
      return;
    }
    const found = await catalogs.get(connection.sourceId);
    try {
      const document = importConnection(connection, found instanceof Error ? undefined : found, {
        source,
        destination,
        mark: markOf(this.#project.name),
        variable: (name) => this.#variables.make(connection.name, name),
      });
      this.#documents.Connection.push(document);
      this.#remember(key, connection.id);
      this.#read.set(key, { remote: connection, catalog: found instanceof Error ? undefined : found });
    } catch (error) {
      if (!(error instanceof NotImportable)) throw error;
      this.#skipped.push(`${key}: documents cannot say ${error.message}`);
    }
  }

  #remember(key: string, id: string): void {
    this.#ids.set(key, id);
    if (this.#session.lock === undefined && this.#options.id !== undefined) {
      throw new ConfigError('--id is kept in the lock: give the target a `lock` file.', { code: 'IMPORT_NEEDS_LOCK' });
    }
  }

  #connectorsDocument(): readonly JsonObject[] {
    const section = (role: Role): JsonObject => {
      const made = [...this.#connectors.values()].filter((entry) => entry.role === role);
      const entries = made.map(({ key, entry }): [string, JsonObject] => [key, entry]);
      return entries.length === 0
        ? {}
        : { [`${role}s`]: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
    };
    if (this.#connectors.size === 0) return [];
    return [{ kind: 'Connectors', ...section('source'), ...section('destination') }];
  }

  #freeFile(name: string): string {
    for (const candidate of [`${name}.yaml`, `imported-${name}.yaml`]) {
      if (!fs.existsSync(path.join(this.#project.folder, candidate))) return candidate;
    }
    for (let count = 2; ; count += 1) {
      const candidate = `imported-${name}-${count}.yaml`;
      if (!fs.existsSync(path.join(this.#project.folder, candidate))) return candidate;
    }
  }
}

/** `acme/source-stripe-ext` -> `stripe-ext`. */
function keyOfImage(repository: string): string {
  return repository.replace(/^.*\//, '').replace(/^(source|destination)-/, '');
}

/** Whether documents can have this name. */
function isName(name: string): boolean {
  return /^\S(.*\S)?$/.test(name) && name.length <= 200;
}
