import { connectionDefaults, streamsOf } from './connection-plan.js';
import { type Diagnostic, errorAt } from './diagnostic.js';
import type { Project } from './document.js';

/**
 * Checks that each connection takes at least one stream. Airbyte reads an empty list as "all streams", which nobody
 * means who writes one.
 */
export function checkConnections(project: Project): readonly Diagnostic[] {
  const defaults = connectionDefaults(project);
  return [...project.connections.values()].flatMap((document) => {
    const takesAll = (document.value['select'] ?? defaults['select']) === 'all';
    const { streams } = streamsOf(document, defaults, takesAll);
    if (takesAll || streams.some((stream) => stream.isEnabled)) return [];
    const message =
      'The connection takes no stream. List streams, or write `select: all` (without a list Airbyte takes every stream).';
    const place = document.value['streams'] === undefined ? document.yaml.at([]) : document.yaml.keyAt(['streams']);
    return [errorAt(place, 'STREAMS_EMPTY', message)];
  });
}
