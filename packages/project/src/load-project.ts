import fs from 'node:fs';
import path from 'node:path';
import { isJsonObject, type JsonObject } from '@cuttle/protocol';
import { checkCatalogs } from './check-catalogs.js';
import { checkConfigs } from './check-configs.js';
import { checkConnections } from './check-connections.js';
import { checkReferences } from './check-references.js';
import { type Diagnostic, errorAt, sortDiagnostics } from './diagnostic.js';
import type { ConnectorEntry, Project, ProjectDocument } from './document.js';
import { documentSchema, KINDS, type Kind } from './document-schema.js';
import { compileSchema } from './schema-errors.js';
import { readYamlFile, type YamlDocument } from './yaml-file.js';

/** Most YAML files that one stack may have. */
const MAX_FILES = 1000;

/** A stack and everything that is wrong with it. With errors the project holds the documents that are sound. */
export interface LoadedProject {
  readonly project: Project;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads every `*.yaml` and `*.yml` below a stack's folder and checks all of it: syntax, shape, config against the
 * connectors' specs, names. Reports all findings at once. Touches no network and reads no environment variable and no
 * secret.
 *
 * @param folder the stack, such as `connections/novel`
 * @param root repository root; without it the parent of the `connections` folder, else the stack's own folder
 */
export function loadProject(folder: string, root?: string): LoadedProject {
  const stack = path.resolve(folder);
  const base = root === undefined ? rootOf(stack) : path.resolve(root);
  const diagnostics: Diagnostic[] = [];
  const documents: ProjectDocument[] = [];
  const shape = compileSchema(documentSchema());
  for (const file of yamlFiles(stack, diagnostics, base)) {
    const read = readYamlFile(file, shownPath(file));
    diagnostics.push(...read.diagnostics);
    for (const yaml of read.documents) {
      const found = shape.check(yaml, yaml.value, []);
      diagnostics.push(...found);
      const document = asDocument(yaml, path.dirname(file));
      if (document !== undefined && found.length === 0) documents.push(document);
    }
  }
  const hasBrokenDocuments = diagnostics.length > 0;
  const project = assemble(stack, base, documents, diagnostics);
  diagnostics.push(
    ...checkConfigs(project),
    ...checkReferences(project, hasBrokenDocuments),
    ...checkConnections(project),
    ...checkCatalogs(project),
  );
  return { project, diagnostics: sortDiagnostics(diagnostics) };
}

/** Folders below `connections` that hold documents, sorted; the schema folder is none of them. */
export function listStacks(connections: string): readonly string[] {
  if (!fs.existsSync(connections)) return [];
  return fs
    .readdirSync(connections, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'schema' && !entry.name.startsWith('.'))
    .map((entry) => path.join(connections, entry.name))
    .filter((folder) => fs.readdirSync(folder).some((name) => /\.ya?ml$/.test(name)))
    .sort();
}

function rootOf(stack: string): string {
  const parent = path.dirname(stack);
  return path.basename(parent) === 'connections' ? path.dirname(parent) : stack;
}

/** Paths are shown from where the user stands, when that is shorter. */
function shownPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

function yamlFiles(stack: string, diagnostics: Diagnostic[], base: string): readonly string[] {
  const files: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) visit(file);
      else if (entry.isFile() && /\.ya?ml$/.test(entry.name)) files.push(file);
    }
  };
  const start = { file: shownPath(stack), line: 1, column: 1 };
  if (!fs.existsSync(stack)) {
    diagnostics.push(errorAt(start, 'PROJECT_NOT_FOUND', `There is no folder ${path.relative(base, stack) || stack}.`));
    return [];
  }
  visit(stack);
  if (files.length === 0) diagnostics.push(errorAt(start, 'PROJECT_EMPTY', 'The folder holds no YAML documents.'));
  if (files.length > MAX_FILES) {
    diagnostics.push(errorAt(start, 'PROJECT_TOO_LARGE', `The folder holds more than ${MAX_FILES} YAML files.`));
    return [];
  }
  return files.sort();
}

function asDocument(yaml: YamlDocument, folder: string): ProjectDocument | undefined {
  const kind = KINDS.find((known) => known === yaml.value['kind']);
  if (kind === undefined) return undefined;
  const name = yaml.value['name'];
  return { kind, name: typeof name === 'string' ? name : '', value: yaml.value, yaml, folder };
}

function assemble(
  folder: string,
  root: string,
  documents: readonly ProjectDocument[],
  diagnostics: Diagnostic[],
): Project {
  const [settings, ...more] = documents.filter((document) => document.kind === 'Project');
  for (const extra of more) {
    const message = 'A stack has one Project document; this is another one.';
    diagnostics.push(errorAt(extra.yaml.at([]), 'PROJECT_DUPLICATE', message));
  }
  const named = (kind: Kind): ReadonlyMap<string, ProjectDocument> => byName(documents, kind, diagnostics);
  return {
    name: settings?.name ?? path.basename(folder),
    folder,
    root,
    ...(settings === undefined ? {} : { settings }),
    sources: named('Source'),
    destinations: named('Destination'),
    connections: named('Connection'),
    pipelines: named('Pipeline'),
    sourceConnectors: connectors(documents, 'source', root, diagnostics),
    destinationConnectors: connectors(documents, 'destination', root, diagnostics),
  };
}

function byName(
  documents: readonly ProjectDocument[],
  kind: Kind,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, ProjectDocument> {
  const found = new Map<string, ProjectDocument>();
  for (const document of documents.filter((entry) => entry.kind === kind)) {
    const first = found.get(document.name);
    if (first === undefined) {
      found.set(document.name, document);
      continue;
    }
    const at = first.yaml.at([]);
    const message = `There is already a ${kind} named "${document.name}" at ${at.file}:${at.line}.`;
    diagnostics.push(errorAt(document.yaml.at(['name']), 'NAME_DUPLICATE', message));
  }
  return found;
}

function connectors(
  documents: readonly ProjectDocument[],
  role: 'source' | 'destination',
  root: string,
  diagnostics: Diagnostic[],
): ReadonlyMap<string, ConnectorEntry> {
  const section = `${role}s`;
  const found = new Map<string, ConnectorEntry>();
  for (const document of documents.filter((entry) => entry.kind === 'Connectors')) {
    const entries = document.value[section];
    for (const [key, value] of Object.entries(isJsonObject(entries) ? entries : {})) {
      if (found.has(key)) {
        const message = `There is already a ${role} connector "${key}".`;
        diagnostics.push(errorAt(document.yaml.keyAt([section, key]), 'NAME_DUPLICATE', message));
      } else {
        found.set(key, connectorEntry(key, role, value as JsonObject, root, document));
      }
    }
  }
  return found;
}

function connectorEntry(
  key: string,
  role: 'source' | 'destination',
  value: JsonObject,
  root: string,
  document: ProjectDocument,
): ConnectorEntry {
  const { image, builtin, name, path: folder, maxSecondsBetweenMessages: silence, environment } = value;
  return {
    key,
    role,
    ...(typeof image === 'string' ? { image } : {}),
    ...(typeof builtin === 'string' ? { builtin } : {}),
    ...(typeof name === 'string' ? { title: name } : {}),
    ...(typeof folder === 'string' ? { folder: path.resolve(root, folder) } : {}),
    ...(typeof silence === 'number' ? { maxSecondsBetweenMessages: silence } : {}),
    ...(Array.isArray(environment) ? { environment: environment.map(String) } : {}),
    document,
  };
}
