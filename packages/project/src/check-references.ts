import { isJsonObject, type JsonObject } from '@cuttle/protocol';
import { type Diagnostic, errorAt, warningAt } from './diagnostic.js';
import type { Project, ProjectDocument } from './document.js';
import { didYouMean } from './suggest.js';
import type { DocumentPath } from './yaml-file.js';

/**
 * Checks that every name used in a document is the name of a document.
 *
 * @param isIncomplete whether some documents were left out because they are broken: a missing name may be one of them,
 *   so that it is only a warning then
 */
export function checkReferences(project: Project, isIncomplete: boolean): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const expect = (
    document: ProjectDocument,
    path: DocumentPath,
    name: unknown,
    what: string,
    known: ReadonlyMap<string, unknown>,
  ): void => {
    if (typeof name !== 'string' || known.has(name)) return;
    const message = `There is no ${what} named "${name}".${didYouMean(name, known.keys())}`;
    found.push((isIncomplete ? warningAt : errorAt)(document.yaml.at(path), 'NAME_UNKNOWN', message));
  };
  for (const source of project.sources.values()) {
    expect(source, ['connector'], source.value['connector'], 'source connector', project.sourceConnectors);
  }
  for (const destination of project.destinations.values()) {
    const key = destination.value['connector'];
    expect(destination, ['connector'], key, 'destination connector', project.destinationConnectors);
  }
  for (const connection of project.connections.values()) {
    expect(connection, ['source'], connection.value['source'], 'Source', project.sources);
    expect(connection, ['destination'], connection.value['destination'], 'Destination', project.destinations);
  }
  for (const pipeline of project.pipelines.values()) {
    for (const [index, step] of stepsOf(pipeline).entries()) {
      const names = syncsOf(step);
      const isList = Array.isArray(step['sync']);
      for (const [at, name] of names.entries()) {
        const path = isList ? ['steps', index, 'sync', at] : ['steps', index, 'sync'];
        expect(pipeline, path, name, 'Connection', project.connections);
      }
      const back = step['write_back'];
      if (!isJsonObject(back)) continue;
      const path = ['steps', index, 'write_back', 'destination'];
      expect(pipeline, path, back['destination'], 'Destination', project.destinations);
    }
  }
  found.push(...previousNames(project));
  for (const { path, name, what, known } of targetNames(project)) {
    if (project.settings !== undefined) expect(project.settings, path, name, what, known);
  }
  return found;
}

/** A previous name must be nobody's name now, and one document's only. */
function previousNames(project: Project): readonly Diagnostic[] {
  return [project.sources, project.destinations, project.connections].flatMap((documents) => {
    const seen = new Set<string>();
    return [...documents.values()].flatMap((document) => {
      const previous = document.value['previousName'];
      if (typeof previous !== 'string') return [];
      const isTaken = documents.has(previous) || seen.has(previous);
      seen.add(previous);
      const message = `The previous name "${previous}" belongs to another document; a rename needs a name that is free.`;
      return isTaken ? [errorAt(document.yaml.at(['previousName']), 'PREVIOUS_NAME_TAKEN', message)] : [];
    });
  });
}

/** The steps of a Pipeline document. */
export function stepsOf(pipeline: ProjectDocument): readonly JsonObject[] {
  const steps = pipeline.value['steps'];
  return Array.isArray(steps) ? steps.filter(isJsonObject) : [];
}

/** The connections of a `sync` step. */
export function syncsOf(step: JsonObject): readonly string[] {
  return [step['sync'] ?? []].flat().filter((name) => typeof name === 'string');
}

interface NamedPlace {
  readonly path: DocumentPath;
  readonly name: unknown;
  readonly what: string;
  readonly known: ReadonlyMap<string, unknown>;
}

function* targetNames(project: Project): Iterable<NamedPlace> {
  const targets = project.settings?.value['targets'];
  if (!isJsonObject(targets)) return;
  const actors = new Map<string, unknown>([...project.sources, ...project.destinations]);
  for (const [target, value] of Object.entries(targets)) {
    if (!isJsonObject(value)) continue;
    const swaps = isJsonObject(value['destinationOverrides']) ? value['destinationOverrides'] : {};
    for (const [from, to] of Object.entries(swaps)) {
      const path = ['targets', target, 'destinationOverrides', from];
      yield { path, name: from, what: 'Destination', known: project.destinations };
      yield { path, name: to, what: 'Destination', known: project.destinations };
    }
    const configs = isJsonObject(value['configOverrides']) ? value['configOverrides'] : {};
    for (const name of Object.keys(configs)) {
      yield { path: ['targets', target, 'configOverrides', name], name, what: 'Source or Destination', known: actors };
    }
  }
}
