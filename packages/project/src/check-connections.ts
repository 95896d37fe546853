import { isJsonObject, type Json } from '@cuttle/protocol';
import { connectionDefaults, streamsOf } from './connection-plan.js';
import { cronProblem, timezoneProblem } from './cron.js';
import { type Diagnostic, errorAt } from './diagnostic.js';
import type { Project, ProjectDocument } from './document.js';
import type { DocumentPath } from './yaml-file.js';

/** Checks what the shape of connections cannot say: that each takes a stream, and that its schedule can happen. */
export function checkConnections(project: Project): readonly Diagnostic[] {
  const { settings } = project;
  const defaults =
    settings === undefined
      ? []
      : scheduleProblems(settings, connectionDefaults(project)['schedule'], ['defaults', 'connection', 'schedule']);
  const schedules = [...project.connections.values()].flatMap((document) =>
    scheduleProblems(document, document.value['schedule'], ['schedule']),
  );
  return [...defaults, ...schedules, ...emptyConnections(project)];
}

function scheduleProblems(
  { yaml }: ProjectDocument,
  schedule: Json | undefined,
  path: DocumentPath,
): readonly Diagnostic[] {
  if (!isJsonObject(schedule)) return [];
  const { cron, timezone } = schedule;
  const wrongCron = typeof cron === 'string' ? cronProblem(cron) : undefined;
  const wrongZone = typeof timezone === 'string' ? timezoneProblem(timezone) : undefined;
  return [
    ...(wrongCron === undefined ? [] : [errorAt(yaml.at([...path, 'cron']), 'CRON_INVALID', wrongCron)]),
    ...(wrongZone === undefined ? [] : [errorAt(yaml.at([...path, 'timezone']), 'TIMEZONE_UNKNOWN', wrongZone)]),
  ];
}

/**
 * A connection takes at least one stream. Airbyte reads an empty list as "all streams", which nobody
 * means who writes one.
 */
function emptyConnections(project: Project): readonly Diagnostic[] {
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
