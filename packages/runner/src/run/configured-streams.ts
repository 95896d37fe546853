import {
  type ConnectionPlan,
  formatPosition,
  mapNamespace,
  type StreamSettings,
  SYNC_BEHAVIOUR,
  type SyncBehaviour,
  suggest,
} from '@cuttle/project';
import {
  type AirbyteCatalog,
  type AirbyteStream,
  ConfigError,
  type FieldPath,
  isJsonObject,
  type JsonSchema,
  type StreamDescriptor,
  streamKey,
  streamLabel,
} from '@cuttle/protocol';
import { keptFields, type RecordTransform, recordTransform } from '../transform/record-transform.js';
import { transformPath, transformSchema } from '../transform/schema-transform.js';

/** A stream of a connection: what the source reads and what the destination gets. */
export interface ConfiguredPair {
  readonly stream: AirbyteStream;
  readonly destination: StreamDescriptor;
  readonly destinationSchema: JsonSchema;
  readonly behaviour: SyncBehaviour;
  /** Empty when there is none. */
  readonly cursor: FieldPath;
  readonly primaryKey: readonly FieldPath[];
  /** Under the destination's names. */
  readonly destinationCursor: FieldPath;
  readonly destinationKey: readonly FieldPath[];
  readonly transform: RecordTransform | undefined;
}

/**
 * Joins what a Connection wants with what the source has.
 *
 * @throws {ConfigError} `STREAMS_INVALID`, naming everything that does not fit at once with file:line:column: unknown
 *   streams and fields, a sync mode the source does not know, a missing key or cursor, two streams of one name at the
 *   destination
 */
export function configureStreams(plan: ConnectionPlan, catalog: AirbyteCatalog): readonly ConfiguredPair[] {
  const problems: string[] = [];
  const wanted = selectStreams(plan, catalog, problems);
  const pairs = wanted.map(({ stream, settings }) => new StreamJoin(stream, settings, problems).join(plan));
  const seen = new Map<string, string>();
  for (const pair of pairs) {
    const key = streamKey(pair.destination);
    const label = streamLabel(pair.stream);
    const first = seen.get(key);
    if (first !== undefined) {
      const place = streamLabel(pair.destination);
      problems.push(`Streams "${first}" and "${label}" would both be called "${place}" at the destination.`);
    }
    seen.set(key, label);
  }
  if (pairs.length === 0 && problems.length === 0) problems.push('No stream is enabled.');
  if (problems.length === 0) return pairs;
  throw new ConfigError(`Connection "${plan.name}" does not fit its source:\n${problems.join('\n')}`, {
    code: 'STREAMS_INVALID',
  });
}

interface Selected {
  readonly stream: AirbyteStream;
  readonly settings: StreamSettings;
}

function selectStreams(plan: ConnectionPlan, catalog: AirbyteCatalog, problems: string[]): readonly Selected[] {
  const labels = catalog.streams.map(streamLabel);
  const listed = plan.streams.flatMap((settings): readonly Selected[] => {
    const stream = findStream(catalog, settings.key);
    if (stream !== undefined) return [{ stream, settings }];
    // A disabled stream may be gone.
    if (!settings.isEnabled) return [];
    const meant = suggest(settings.key, labels);
    const hint = meant === undefined ? ` It has: ${labels.slice(0, 20).join(', ')}.` : ` Did you mean "${meant}"?`;
    problems.push(`${formatPosition(settings.position)} The source has no stream "${settings.key}".${hint}`);
    return [];
  });
  const taken = new Set(listed.map(({ stream }) => streamKey(stream)));
  const { unlisted } = plan;
  const rest = unlisted === undefined ? [] : catalog.streams.filter((stream) => !taken.has(streamKey(stream)));
  return [...listed, ...rest.map((stream) => ({ stream, settings: unlisted! }))].filter(
    ({ settings }) => settings.isEnabled,
  );
}

/** A key is `name` or `namespace.name`; the name alone must be the name of one stream only. */
function findStream(catalog: AirbyteCatalog, key: string): AirbyteStream | undefined {
  const exact = catalog.streams.find((stream) => streamLabel(stream) === key);
  if (exact !== undefined) return exact;
  const byName = catalog.streams.filter((stream) => stream.name === key);
  return byName.length === 1 ? byName[0] : undefined;
}

/** Joins one stream; every problem is noted with the place of the stream in its file. */
class StreamJoin {
  private readonly stream: AirbyteStream;
  private readonly settings: StreamSettings;
  private readonly problems: string[];

  constructor(stream: AirbyteStream, settings: StreamSettings, problems: string[]) {
    this.stream = stream;
    this.settings = settings;
    this.problems = problems;
  }

  join(plan: ConnectionPlan): ConfiguredPair {
    const { stream, settings } = this;
    const behaviour = this.behaviour();
    const primaryKey = this.primaryKey(behaviour);
    const cursor = this.cursor(behaviour);
    const kept = this.keptFields(primaryKey, cursor);
    const namespace = mapNamespace(plan.namespace, stream.namespace);
    const name = plan.prefix + stream.name;
    // As on the platform, the source learns which columns are selected: it need not ask for the others.
    const selected =
      kept === undefined ? stream : { ...stream, json_schema: transformSchema(stream.json_schema, kept, []) };
    return {
      stream: selected,
      destination: namespace === undefined ? { name } : { name, namespace },
      destinationSchema: transformSchema(stream.json_schema, kept, settings.transform),
      behaviour,
      cursor,
      primaryKey,
      destinationCursor: cursor.length === 0 ? cursor : this.transformed(cursor, 'cursor'),
      destinationKey: primaryKey.map((path) => this.transformed(path, 'key')),
      transform: recordTransform(kept, settings.transform),
    };
  }

  private note(problem: string): void {
    const { position } = this.settings;
    this.problems.push(`${formatPosition(position)} Stream "${streamLabel(this.stream)}": ${problem}`);
  }

  private behaviour(): SyncBehaviour {
    const { sync } = this.settings;
    if (sync === undefined) {
      this.note('no sync mode is given; write `sync: full refresh overwrite` or another one, here or under "*".');
      return SYNC_BEHAVIOUR['full refresh overwrite'];
    }
    const behaviour = SYNC_BEHAVIOUR[sync];
    if (!this.stream.supported_sync_modes.includes(behaviour.syncMode)) {
      const known = this.stream.supported_sync_modes.join(', ');
      this.note(`the source does not support "${sync}"; it knows ${known}.`);
    }
    return behaviour;
  }

  private primaryKey(behaviour: SyncBehaviour): readonly FieldPath[] {
    const own = this.stream.source_defined_primary_key ?? [];
    const wanted = this.settings.primaryKey ?? [];
    const isSame = JSON.stringify(wanted) === JSON.stringify(own);
    if (own.length > 0 && wanted.length > 0 && !isSame) {
      this.note(`the source defines the key ${showPaths(own)}; another one cannot be chosen.`);
    }
    const key = own.length > 0 ? own : wanted;
    if (behaviour.destinationSyncMode === 'append_dedup' && key.length === 0) {
      this.note('dedup needs a primaryKey, and the source defines none.');
    }
    for (const path of own.length > 0 ? [] : key) this.requireField(path, 'key');
    return key;
  }

  private cursor(behaviour: SyncBehaviour): FieldPath {
    if (behaviour.syncMode === 'full_refresh') return this.settings.cursor ?? this.stream.default_cursor_field ?? [];
    const own = this.stream.default_cursor_field ?? [];
    if (this.stream.source_defined_cursor === true) {
      const { cursor } = this.settings;
      if (cursor !== undefined && own.length > 0 && JSON.stringify(cursor) !== JSON.stringify(own)) {
        this.note(`the source defines the cursor ${showPaths([own])}; another one cannot be chosen.`);
      }
      return own.length > 0 ? own : (cursor ?? []);
    }
    const cursor = this.settings.cursor ?? own;
    if (cursor.length === 0) this.note('an incremental sync needs a cursor, and the source has no default one.');
    else this.requireField(cursor, 'cursor');
    return cursor;
  }

  private keptFields(primaryKey: readonly FieldPath[], cursor: FieldPath): ReadonlySet<string> | undefined {
    const { fields } = this.settings;
    const known = fieldsOf(this.stream.json_schema);
    for (const field of fields === undefined ? [] : 'include' in fields ? fields.include : fields.exclude) {
      if (!known.includes(field)) this.requireField([field], 'field');
    }
    const kept = keptFields(fields, known);
    if (kept === undefined) return undefined;
    const always = [...primaryKey, cursor].flatMap((path) => path.slice(0, 1));
    return new Set([...kept, ...always, '_ab_cdc_deleted_at']);
  }

  private transformed(path: FieldPath, what: 'key' | 'cursor'): FieldPath {
    const changed = transformPath(path, this.settings.transform);
    if (changed === undefined) this.note(`the transform drops ${path.join('.')}, which is its ${what}.`);
    return changed ?? path;
  }

  private requireField(path: FieldPath, what: 'key' | 'cursor' | 'field'): void {
    const known = fieldsOf(this.stream.json_schema);
    const [field] = path;
    // A schema without properties says nothing about its fields.
    if (field === undefined || known.length === 0 || known.includes(field)) return;
    const meant = suggest(field, known);
    const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    this.note(`${what === 'field' ? 'it' : `its ${what}`} names the unknown field "${field}".${hint}`);
  }
}

function fieldsOf(schema: JsonSchema): readonly string[] {
  return isJsonObject(schema['properties']) ? Object.keys(schema['properties']) : [];
}

function showPaths(paths: readonly FieldPath[]): string {
  return paths.map((path) => path.join('.')).join(', ');
}
