import fs from 'node:fs';
import path from 'node:path';
import { type ConnectorEntry, didYouMean, loadProject, type Project } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { EXIT } from '../exit-code.js';
import { findStacks, InvalidProject, type ProjectOptions } from '../project-lookup.js';
import { type CommandContext, writeResult } from './context.js';

/** Options of `connectors bump`. */
export interface BumpOptions extends ProjectOptions {
  /** Tag to write; without it the version of the connector in its folder. */
  readonly tag?: string;
  /** Changes nothing. */
  readonly check?: boolean;
}

interface Change {
  readonly connector: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * Writes new tags into the images of Connectors documents; comments and form stay as they are.
 *
 * @param names keys of connectors; none means all
 * @returns the exit code: `error` when `--check` finds a tag that would change
 * @throws {ConfigError} `CONNECTOR_UNKNOWN`, `TAG_INVALID`, `VERSION_UNKNOWN`
 */
export function bump(context: CommandContext, names: readonly string[], options: BumpOptions): number {
  const { folder } = context.terminal;
  const projects = findStacks(options, folder).map(loadValid);
  const all = projects.flatMap(connectorsOf);
  const unknown = names.find((name) => !all.some(({ key }) => key === name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, new Set(all.map(({ key }) => key)));
    throw new ConfigError(`No Connectors document has an image of "${unknown}".${hint}`, { code: 'CONNECTOR_UNKNOWN' });
  }
  const chosen = names.length === 0 ? all : all.filter(({ key }) => names.includes(key));
  checkTag(options.tag, names);
  // Everything is found out before anything is written.
  const changes = chosen.flatMap((entry) => changeOf(entry, options.tag));
  if (options.check !== true) for (const [entry, change] of changes) write(entry, change);
  const shown = changes.map(([, change]) => ({ ...change, file: path.relative(folder, change.file) }));
  writeResult(context, render(shown, options.check === true), { changed: shown });
  return options.check === true && shown.length > 0 ? EXIT.error : EXIT.ok;
}

function loadValid(stack: string): Project {
  const { project, diagnostics } = loadProject(stack);
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new InvalidProject(diagnostics);
  return project;
}

function connectorsOf(project: Project): readonly ConnectorEntry[] {
  const entries = [...project.sourceConnectors.values(), ...project.destinationConnectors.values()];
  return entries.filter(({ image }) => image !== undefined);
}

function checkTag(tag: string | undefined, names: readonly string[]): void {
  if (tag === undefined) return;
  if (names.length === 0) {
    throw new ConfigError('--tag needs the names of the connectors that it is for.', { code: 'TAG_INVALID' });
  }
  if (!TAG.test(tag)) throw new ConfigError(`"${tag}" cannot be the tag of an image.`, { code: 'TAG_INVALID' });
}

/** Nothing when the tag is that already, or when it cannot be known for a connector that nobody named. */
function changeOf(entry: ConnectorEntry, tag: string | undefined): readonly (readonly [ConnectorEntry, Change])[] {
  const wanted = tag ?? versionOf(entry);
  if (wanted === undefined) return [];
  const from = entry.image!;
  const to = `${repositoryOf(from)}:${wanted}`;
  const file = path.join(entry.document.folder, path.basename(entry.document.yaml.file));
  return from === to ? [] : [[entry, { connector: entry.key, file, from, to }]];
}

/** A colon behind the last slash begins the tag; one before it belongs to the registry's port. */
function repositoryOf(image: string): string {
  const [name = image] = image.split('@');
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon < 0 ? name : name.slice(0, colon);
}

/** Undefined when the document gives no folder: then there is nothing to ask. */
function versionOf({ key, folder }: ConnectorEntry): string | undefined {
  if (folder === undefined) return undefined;
  try {
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version?: unknown };
    if (typeof version === 'string' && TAG.test(version)) return version;
  } catch {
    // Told below, with the way out.
  }
  throw new ConfigError(`The connector "${key}" has no version in ${folder}/package.json; name a tag with --tag.`, {
    code: 'VERSION_UNKNOWN',
  });
}

/** Replaces the image where it stands; positions count from 1. */
function write(entry: ConnectorEntry, { file, from, to }: Change): void {
  const { line, column } = entry.document.yaml.at([`${entry.role}s`, entry.key, 'image']);
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const text = lines[line - 1] ?? '';
  const start = text.indexOf(from, column - 1);
  if (start < 0) {
    throw new ConfigError(`${file}:${line}:${column} The image is not written in one piece; change it by hand.`, {
      code: 'IMAGE_NOT_FOUND',
    });
  }
  lines[line - 1] = text.slice(0, start) + to + text.slice(start + from.length);
  fs.writeFileSync(file, lines.join('\n'));
}

function render(changes: readonly Change[], isCheck: boolean): string {
  if (changes.length === 0) return 'All images have their tags.\n';
  const word = isCheck ? 'would change' : 'changed';
  const next = isCheck ? '' : 'Next: `cuttle plan` shows what they change.\n';
  return changes.map(({ file, from, to }) => `${word} ${file}: ${from} -> ${to}\n`).join('') + next;
}
