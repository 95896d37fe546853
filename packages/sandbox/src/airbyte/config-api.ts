import { type Answer, jsonAnswer, jsonBody, type Request } from '../server/exchange.js';
import { streamNames } from './connections.js';
import { type Connection, type JsonMap, type Role, streamKey } from './model.js';
import { refusal } from './problem.js';
import type { PublicApi } from './public-api.js';
import { asMap } from './secrets.js';
import type { AirbyteStore } from './store.js';

/** The calls of the Config API, `/api/v1`, that clients for connections as code need. */
export class ConfigApi {
  readonly #store: AirbyteStore;
  readonly #publicApi: PublicApi;

  constructor(store: AirbyteStore, publicApi: PublicApi) {
    this.#store = store;
    this.#publicApi = publicApi;
  }

  /** Answers a request; `path` begins behind `/api/v1`. @throws {Problem} */
  handle(request: Request, path: string): Answer {
    if (!this.#store.settings.hasConfigApi) throw refusal(404, 'Object not found.');
    if (path === '/health') return jsonAnswer(200, { available: true });
    if (path === '/instance_configuration' && request.method === 'GET') {
      return jsonAnswer(200, {
        version: this.#store.settings.version,
        edition: 'community',
        initialSetupComplete: true,
      });
    }
    if (request.method !== 'POST') throw refusal(404, 'Object not found.');
    return jsonAnswer(200, this.#call(path, asMap(jsonBody(request))));
  }

  #call(path: string, body: JsonMap): JsonMap {
    const connection = (): Connection => this.#store.connection(String(body['connectionId']));
    switch (path) {
      case '/sources/check_connection':
        return this.#check('source', body['sourceId']);
      case '/destinations/check_connection':
        return this.#check('destination', body['destinationId']);
      case '/source_definition_specifications/get':
        return this.#spec('source', body['sourceDefinitionId']);
      case '/destination_definition_specifications/get':
        return this.#spec('destination', body['destinationDefinitionId']);
      case '/source_definitions/create_custom':
        return this.#createCustom('source', body);
      case '/destination_definitions/create_custom':
        return this.#createCustom('destination', body);
      case '/state/get':
        return stateOf(connection());
      case '/state/create_or_update_safe':
        return this.#putState(connection(), asMap(body['connectionState']));
      case '/connections/refresh':
        return this.#refresh(connection(), body);
      case '/connections/clear/stream':
        return this.#clear(connection(), body);
      case '/connections/get':
        return scheduleOf(connection());
      case '/connections/update':
        return this.#updateSchedule(connection(), body);
      default:
        throw refusal(404, 'Object not found.');
    }
  }

  #check(role: Role, id: unknown): JsonMap {
    const { failure } = this.#store.actor(String(id), role);
    const jobInfo = { id: this.#store.newId(), succeeded: true };
    return failure === undefined ? { status: 'succeeded', jobInfo } : { status: 'failed', message: failure, jobInfo };
  }

  #spec(role: Role, id: unknown): JsonMap {
    const definition = this.#store.definition(String(id), role);
    const { spec } = this.#store.image(definition.repository, definition.tag);
    return { [`${role}DefinitionId`]: definition.id, connectionSpecification: spec, jobInfo: { succeeded: true } };
  }

  #createCustom(role: Role, body: JsonMap): JsonMap {
    const wanted = asMap(body[`${role}Definition`]);
    const created = this.#publicApi.definitions.create(role, String(body['workspaceId']), wanted);
    const { id, name, repository, tag } = created;
    return { [`${role}DefinitionId`]: id, name, dockerRepository: repository, dockerImageTag: tag };
  }

  #putState(connection: Connection, state: JsonMap): JsonMap {
    this.#refuseRunning(connection);
    const streams = Array.isArray(state['streamState']) ? state['streamState'] : [];
    connection.states.clear();
    for (const entry of streams.map(asMap)) {
      const { name, namespace } = asMap(entry['streamDescriptor']);
      const key = streamKey({ name: String(name), namespace: namespace as string | undefined });
      connection.states.set(key, entry['streamState']);
    }
    return stateOf(connection);
  }

  /** Forgets the cursors and starts a job that reads the streams again. */
  #refresh(connection: Connection, body: JsonMap): JsonMap {
    this.#refuseRunning(connection);
    const destination = this.#store.actor(connection.destinationId, 'destination');
    if (this.#store.imageOf(destination).supportsRefreshes !== true) {
      throw refusal(422, 'The destination does not support refreshes.');
    }
    const streams = streamNames(body['streams']);
    forget(connection, streams);
    const job = this.#publicApi.jobs.start(connection.id, 'refresh', streams);
    return { job: { id: job.id, configType: 'refresh', configId: connection.id, status: job.statuses[0] } };
  }

  #clear(connection: Connection, body: JsonMap): JsonMap {
    this.#refuseRunning(connection);
    const streams = streamNames(body['streams']);
    forget(connection, streams);
    const job = this.#publicApi.jobs.start(connection.id, 'clear', streams);
    return { job: { id: job.id, configType: 'clear', configId: connection.id, status: job.statuses[0] }, attempts: [] };
  }

  #updateSchedule(connection: Connection, body: JsonMap): JsonMap {
    if (body['scheduleType'] === 'cron') {
      const { cronExpression, cronTimeZone } = asMap(asMap(body['scheduleData'])['cron']);
      connection.schedule = {
        scheduleType: 'cron',
        cronExpression: String(cronExpression),
        timeZone: String(cronTimeZone),
      };
    }
    return scheduleOf(connection);
  }

  #refuseRunning(connection: Connection): void {
    if (this.#store.isRunning(connection.id)) throw refusal(423, 'A sync is running for this connection.');
  }
}

function forget(connection: Connection, streams: ReturnType<typeof streamNames>): void {
  for (const { streamName, streamNamespace } of streams) {
    connection.states.delete(streamKey({ name: streamName, namespace: streamNamespace }));
  }
}

function stateOf(connection: Connection): JsonMap {
  const streams = connection.streams.flatMap((stream) => {
    const state = connection.states.get(streamKey(stream));
    const { name, namespace } = stream;
    return state === undefined
      ? []
      : [{ streamDescriptor: { name, ...(namespace === undefined ? {} : { namespace }) }, streamState: state }];
  });
  const kind = streams.length === 0 ? 'not_set' : 'stream';
  return { connectionId: connection.id, stateType: kind, ...(kind === 'stream' ? { streamState: streams } : {}) };
}

function scheduleOf(connection: Connection): JsonMap {
  const { scheduleType, cronExpression, timeZone } = connection.schedule;
  const cron = { cronExpression, cronTimeZone: timeZone ?? 'UTC' };
  return {
    connectionId: connection.id,
    name: connection.name,
    scheduleType,
    ...(scheduleType === 'cron' ? { scheduleData: { cron } } : {}),
  };
}
