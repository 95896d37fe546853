import path from 'node:path';
import { type AirbyteStream, streamLabel } from '@cuttle/protocol';
import { catalogFile, fieldsOf, readCommittedCatalog } from './committed-catalog.js';
import { connectionDefaults, streamsOf } from './connection-plan.js';
import { type Diagnostic, errorAt, warningAt } from './diagnostic.js';
import type { Project, ProjectDocument } from './document.js';
import type { StreamSettings } from './stream-settings.js';
import { didYouMean } from './suggest.js';
import { SYNC_BEHAVIOUR } from './sync-words.js';

/** Checks streams, fields, cursors, keys and sync modes of connections whose source has a committed catalog. */
export function checkCatalogs(project: Project): readonly Diagnostic[] {
  const defaults = connectionDefaults(project);
  const catalogs = new Map<string, ReturnType<typeof readCommittedCatalog>>();
  return [...project.connections.values()].flatMap((document) => {
    const source = String(document.value['source']);
    if (!catalogs.has(source)) catalogs.set(source, readCommittedCatalog(project.folder, source));
    const catalog = catalogs.get(source);
    if (catalog === undefined) return [];
    if (catalog instanceof Error) {
      const file = path.relative(project.root, catalogFile(project.folder, source));
      const message = `The catalog ${file} cannot be used: ${catalog.message}.`;
      return [warningAt(document.yaml.at(['source']), 'CATALOG_UNREADABLE', message)];
    }
    const { streams } = streamsOf(document, defaults, false);
    return streams.filter((stream) => stream.isEnabled).flatMap((stream) => checkStream(document, stream, catalog));
  });
}

function checkStream(
  document: ProjectDocument,
  settings: StreamSettings,
  catalog: readonly AirbyteStream[],
): readonly Diagnostic[] {
  const stream =
    catalog.find((entry) => streamLabel(entry) === settings.key) ??
    catalog.find((entry) => entry.name === settings.key);
  if (stream === undefined) {
    const hint = didYouMean(settings.key, catalog.map(streamLabel));
    return [errorAt(settings.position, 'STREAM_UNKNOWN', `The source has no stream "${settings.key}".${hint}`)];
  }
  const fields = fieldsOf(stream);
  const at = (key: string): Diagnostic =>
    errorAt(document.yaml.at(['streams', settings.key, key]), 'FIELD_UNKNOWN', '');
  const unknown = namedFields(settings).filter(({ field }) => fields.length > 0 && !fields.includes(field));
  return [
    ...unknown.map(({ key, what, field }) => ({
      ...at(key),
      message: `Stream "${settings.key}" has no field "${field}", which is its ${what}.${didYouMean(field, fields)}`,
    })),
    ...checkSync(document, settings, stream),
  ];
}

function namedFields(settings: StreamSettings): readonly { key: string; what: string; field: string }[] {
  const { cursor, primaryKey, fields, transform } = settings;
  const selected = fields === undefined ? [] : 'include' in fields ? fields.include : fields.exclude;
  const renamed = new Set(transform.flatMap((step) => (step.kind === 'rename' ? [step.to] : [])));
  return [
    ...(cursor === undefined ? [] : [{ key: 'cursor', what: 'cursor', field: cursor[0] ?? '' }]),
    ...(primaryKey ?? []).map((path) => ({ key: 'primaryKey', what: 'primary key', field: path[0] ?? '' })),
    ...selected.map((field) => ({ key: 'fields', what: 'selection', field })),
    ...transform
      .filter((step) => !renamed.has(step.field))
      .map((step) => ({ key: 'transform', what: 'transform', field: step.field })),
  ];
}

function checkSync(document: ProjectDocument, settings: StreamSettings, stream: AirbyteStream): readonly Diagnostic[] {
  if (settings.sync === undefined) return [];
  const { syncMode } = SYNC_BEHAVIOUR[settings.sync];
  if (stream.supported_sync_modes.includes(syncMode)) return [];
  const place = document.yaml.at(['streams', settings.key, 'sync']);
  const known = stream.supported_sync_modes.join(', ');
  const message = `Stream "${settings.key}" cannot be synced by "${settings.sync}". Its sync modes: ${known}.`;
  return [errorAt(place, 'SYNC_NOT_SUPPORTED', message)];
}
