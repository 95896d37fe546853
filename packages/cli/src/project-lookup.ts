import fs from 'node:fs';
import path from 'node:path';
import { type Diagnostic, didYouMean, listStacks, loadProject, type Project } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';

/** Thrown when documents have errors; the command shows them all and exits with 4. */
export class InvalidProject extends Error {
  override readonly name = 'InvalidProject';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super('The documents have errors.');
    this.diagnostics = diagnostics;
  }
}

/** Options that say which documents are meant. */
export interface ProjectOptions {
  /** Folder of one stack, or the `connections` folder, or the repository. */
  readonly dir?: string;
  /** Name of a stack. */
  readonly project?: string;
}

/**
 * The stacks that are meant: of `--dir`, else of the nearest `connections` folder from the working directory upwards.
 *
 * @throws {ConfigError} `PROJECT_NOT_FOUND`
 */
export function findStacks(options: ProjectOptions, folder: string): readonly string[] {
  const stacks = options.dir === undefined ? upwards(folder) : inside(path.resolve(folder, options.dir));
  if (stacks.length === 0) {
    const where = options.dir ?? 'this folder or one above it';
    throw new ConfigError(`There are no connections in ${where}. \`cuttle init\` makes a first project.`, {
      code: 'PROJECT_NOT_FOUND',
    });
  }
  if (options.project === undefined) return stacks;
  const named = stacks.filter((stack) => path.basename(stack) === options.project);
  if (named.length > 0) return named;
  const hint = didYouMean(
    options.project,
    stacks.map((stack) => path.basename(stack)),
  );
  throw new ConfigError(`There is no stack "${options.project}".${hint}`, { code: 'PROJECT_NOT_FOUND' });
}

/**
 * The one stack that has a name in it: a pipeline, connection, source or destination.
 *
 * @param has whether a project has it
 * @throws {InvalidProject} when that stack has errors, or none has the name and one has errors
 * @throws {ConfigError} `NAME_NOT_FOUND`, `NAME_AMBIGUOUS`
 */
export function findProject(
  options: ProjectOptions,
  folder: string,
  name: string,
  has: (project: Project) => Iterable<string>,
): Project {
  const loaded = findStacks(options, folder).map((stack) => loadProject(stack));
  const owners = loaded.filter(({ project }) => [...has(project)].includes(name));
  const suspects = owners.length > 0 ? owners : loaded;
  const errors = suspects.flatMap(({ diagnostics }) => diagnostics.filter((entry) => entry.severity === 'error'));
  if (errors.length > 0) throw new InvalidProject(errors);
  if (owners.length === 1) return owners[0]!.project;
  if (owners.length > 1) {
    const stacks = owners.map(({ project }) => path.basename(project.folder)).join(', ');
    throw new ConfigError(`"${name}" stands in several stacks (${stacks}); choose one with --project.`, {
      code: 'NAME_AMBIGUOUS',
    });
  }
  const known = new Set(loaded.flatMap(({ project }) => [...has(project)]));
  throw new ConfigError(`There is no "${name}".${didYouMean(name, known)}`, { code: 'NAME_NOT_FOUND' });
}

function upwards(folder: string): readonly string[] {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const stacks = listStacks(path.join(at, 'connections'));
    if (stacks.length > 0) return stacks;
    if (path.dirname(at) === at) return [];
  }
}

function inside(folder: string): readonly string[] {
  for (const candidate of [path.join(folder, 'connections'), folder]) {
    const stacks = listStacks(candidate);
    if (stacks.length > 0 && !holdsDocuments(candidate)) return stacks;
  }
  return holdsDocuments(folder) ? [folder] : [];
}

function holdsDocuments(folder: string): boolean {
  return fs.existsSync(folder) && fs.readdirSync(folder).some((name) => /\.ya?ml$/.test(name));
}
