import type { Connection, ImageStream, JsonMap } from './model.js';
import { refusal } from './problem.js';
import { scheduleOf, shownSchedule } from './schedule.js';
import { asMap, isMap } from './secrets.js';
import type { AirbyteStore } from './store.js';
import { allStreams, buildStreams, hasEntries, type StreamRules, shownMapper } from './streams.js';

/** Connections of the public API. */
export class Connections {
  readonly #store: AirbyteStore;

  constructor(store: AirbyteStore) {
    this.#store = store;
  }

  create(body: JsonMap): Connection {
    const source = this.#store.actor(String(body['sourceId']), 'source');
    const destination = this.#store.actor(String(body['destinationId']), 'destination');
    const rules = this.#rules(source.id, destination.id, []);
    const streams = asMap(body['configurations'])['streams'];
    const connection: Connection = {
      id: this.#store.newId(),
      workspaceId: source.workspaceId,
      sourceId: source.id,
      destinationId: destination.id,
      createdAt: this.#store.nowSeconds(),
      name: typeof body['name'] === 'string' ? body['name'] : `${source.name} → ${destination.name}`,
      status: 'active',
      schedule: scheduleOf(body['schedule']) ?? { scheduleType: 'manual' },
      namespaceDefinition: 'destination',
      prefix: '',
      nonBreakingSchemaUpdatesBehavior: 'ignore',
      tags: [],
      streams: hasEntries(streams) ? buildStreams(streams, rules) : allStreams(rules),
      states: new Map(),
    };
    this.#assign(connection, body);
    this.#store.connections.set(connection.id, connection);
    return connection;
  }

  /** Changes what the body names; its streams replace all streams. Neither rows nor states of streams are touched. */
  patch(id: string, body: JsonMap): Connection {
    const connection = this.#store.connection(id);
    if (connection.status === 'locked') {
      throw refusal(409, `The connection is locked: ${connection.statusReason ?? 'unknown'}`, 'connection/locked');
    }
    const streams = asMap(body['configurations'])['streams'];
    const schedule = scheduleOf(body['schedule']);
    const draft: Connection = { ...connection };
    if (hasEntries(streams)) {
      draft.streams = buildStreams(
        streams,
        this.#rules(connection.sourceId, connection.destinationId, connection.streams),
      );
    }
    // A change to manual detaches the cron, unlike a create.
    if (schedule !== undefined) {
      draft.schedule = schedule.scheduleType === 'manual' ? { scheduleType: 'manual' } : schedule;
    }
    if (typeof body['name'] === 'string') draft.name = body['name'];
    this.#assign(draft, body);
    Object.assign(connection, draft);
    return connection;
  }

  #assign(connection: Connection, body: JsonMap): void {
    const { namespaceDefinition, namespaceFormat, prefix, nonBreakingSchemaUpdatesBehavior: changes, status } = body;
    if (typeof namespaceDefinition === 'string') {
      connection.namespaceDefinition = namespaceDefinition;
    }
    // Null says nothing; a custom format that is blank behaves as the destination's namespace.
    if (typeof namespaceFormat === 'string') connection.namespaceFormat = namespaceFormat;
    if (typeof prefix === 'string') connection.prefix = prefix;
    if (typeof changes === 'string') connection.nonBreakingSchemaUpdatesBehavior = changes;
    if (typeof status === 'string') {
      if (status !== 'active' && status !== 'inactive') throw refusal(400, `Status ${status} cannot be set.`);
      connection.status = status;
    }
    if (Array.isArray(body['tags'])) connection.tags = this.#tagsOf(body['tags'], connection.workspaceId);
  }

  #tagsOf(sent: readonly unknown[], workspaceId: string): readonly string[] {
    return sent.map((entry) => {
      const { tagId, workspaceId: own, name, color } = asMap(entry);
      const isWhole = [tagId, own, name, color].every((value) => typeof value === 'string');
      if (!isWhole) throw refusal(400, 'A tag needs tagId, workspaceId, name and color.');
      const tag = this.#store.tags.get(String(tagId));
      if (tag === undefined || own !== workspaceId) throw refusal(404, `Tag ${String(tagId)} not found.`);
      return tag.tagId;
    });
  }

  #rules(sourceId: string, destinationId: string, before: Connection['streams']): StreamRules {
    const discovered: readonly ImageStream[] = this.#store.discover(this.#store.actor(sourceId, 'source'));
    if (discovered.length === 0) throw refusal(400, 'No streams found in the source schema.');
    const destination = this.#store.imageOf(this.#store.actor(destinationId, 'destination'));
    return { discovered, destination, before, newId: () => this.#store.newId() };
  }

  /** The answer for a connection, in one of the forms that servers use. */
  show(connection: Connection): JsonMap {
    const { settings } = this.#store;
    this.#store.reads += 1;
    const turn = settings.isAwkward ? this.#store.reads % 3 : -1;
    const streams = connection.streams.map((stream) => this.#showStream(stream, turn));
    const tags = connection.tags.flatMap((id) => this.#store.tags.get(id) ?? []);
    return {
      connectionId: connection.id,
      name: connection.name,
      sourceId: connection.sourceId,
      destinationId: connection.destinationId,
      workspaceId: connection.workspaceId,
      status: connection.status,
      ...(connection.statusReason === undefined ? {} : { statusReason: connection.statusReason }),
      schedule: shownSchedule(connection.schedule),
      nonBreakingSchemaUpdatesBehavior: connection.nonBreakingSchemaUpdatesBehavior,
      namespaceDefinition: connection.namespaceDefinition,
      namespaceFormat: connection.namespaceFormat ?? null,
      prefix: connection.prefix === '' && turn === 1 ? null : connection.prefix,
      configurations: { streams: turn < 0 ? streams : rotate(streams, turn) },
      createdAt: connection.createdAt,
      tags: turn === 2 ? [...tags].reverse() : tags,
      ...(turn < 0 ? {} : { dataResidency: 'auto', aFieldOfTheFuture: ['anything'] }),
    };
  }

  #showStream(stream: Connection['streams'][number], turn: number): JsonMap {
    const nothing = turn === 0 ? { selectedFields: null } : turn === 1 ? { selectedFields: [] } : {};
    const fields = (stream.selectedFields ?? []).map((field) => ({ fieldPath: [field] }));
    return {
      name: stream.name,
      ...(stream.namespace === undefined ? (turn === 1 ? { namespace: null } : {}) : { namespace: stream.namespace }),
      syncMode: stream.syncMode,
      ...(stream.cursorField.length === 0 && turn === 0 ? {} : { cursorField: stream.cursorField }),
      ...(stream.primaryKey.length === 0 && turn === 1 ? { primaryKey: null } : { primaryKey: stream.primaryKey }),
      ...(stream.selectedFields === undefined ? nothing : { selectedFields: turn < 0 ? fields : rotate(fields, turn) }),
      ...(stream.mappers.length === 0 && turn === 2 ? {} : { mappers: stream.mappers.map(shownMapper) }),
      ...(turn < 0 ? {} : { includeFiles: false, destinationObjectName: null }),
    };
  }
}

function rotate<Entry>(list: readonly Entry[], by: number): readonly Entry[] {
  const start = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

/** The id of a stream in requests of the Config API. */
export function streamNames(value: unknown): readonly { streamName: string; streamNamespace?: string }[] {
  return (Array.isArray(value) ? value : []).filter(isMap).map((entry) => ({
    streamName: String(entry['streamName']),
    ...(typeof entry['streamNamespace'] === 'string' ? { streamNamespace: entry['streamNamespace'] } : {}),
  }));
}
