import { type Answer, jsonAnswer, jsonBody, type Request } from '../server/exchange.js';
import { Actors } from './actors.js';
import { Connections } from './connections.js';
import { Definitions } from './definitions.js';
import { Jobs } from './jobs.js';
import type { JsonMap, Role } from './model.js';
import { page } from './paging.js';
import { type Problem, refusal } from './problem.js';
import { isAtLeast } from './settings.js';
import type { AirbyteStore } from './store.js';
import { syncModesOf } from './streams.js';
import { Tags } from './tags.js';

/** The public API, `/api/public/v1`. */
export class PublicApi {
  readonly actors: Actors;
  readonly connections: Connections;
  readonly definitions: Definitions;
  readonly jobs: Jobs;
  readonly tags: Tags;
  readonly #store: AirbyteStore;

  constructor(store: AirbyteStore) {
    this.#store = store;
    this.actors = new Actors(store);
    this.connections = new Connections(store);
    this.definitions = new Definitions(store);
    this.jobs = new Jobs(store);
    this.tags = new Tags(store);
  }

  /** Answers a request; `path` begins behind `/api/public/v1`. @throws {Problem} */
  handle(request: Request, path: string): Answer {
    const [first, id, ...rest] = path.split('/').slice(1).map(decodeURIComponent);
    const call = { request, path, id, rest, body: bodyOf(request) };
    switch (first) {
      case 'workspaces':
        return id === undefined || rest.length === 0 ? this.#workspaces(call) : this.#definitions(call);
      case 'connector_definitions':
        return this.#connectorDefinitions(call);
      case 'sources':
        return this.#actors(call, 'source');
      case 'destinations':
        return this.#actors(call, 'destination');
      case 'connections':
        return this.#connections(call);
      case 'streams':
        return this.#streams(call);
      case 'jobs':
        return this.#jobs(call);
      case 'tags':
        return this.#tags(call);
      default:
        throw refusal(404, 'Object not found.');
    }
  }

  #workspaces({ request, path, id }: Call): Answer {
    const show = ({ id: workspaceId, name }: { readonly id: string; readonly name: string }): JsonMap => ({
      workspaceId,
      name,
      dataResidency: 'auto',
      notifications: {},
    });
    if (request.method !== 'GET') throw refusal(404, 'Object not found.');
    if (id !== undefined) return jsonAnswer(200, show(this.#store.workspace(id)));
    return jsonAnswer(200, page(this.#store.workspaces.map(show), path, request.query));
  }

  #definitions({ request, id: workspaceId = '', rest, body }: Call): Answer {
    const [word, kind, id] = rest;
    const role = roleOf(kind);
    if (word !== 'definitions' || role === undefined || !isAtLeast(this.#store.settings.version, '1.6')) {
      throw refusal(404, 'Object not found.');
    }
    const { definitions } = this;
    switch (`${request.method}${id === undefined ? '' : ' id'}`) {
      case 'GET':
        return jsonAnswer(200, {
          data: definitions.list(role, workspaceId).map((entry) => definitions.show(entry)),
        });
      case 'POST':
        return jsonAnswer(200, definitions.show(definitions.create(role, workspaceId, body)));
      case 'GET id':
        return jsonAnswer(200, definitions.show(definitions.own(role, id ?? '')));
      case 'PUT id':
        return jsonAnswer(200, definitions.show(definitions.update(role, id ?? '', body)));
      case 'DELETE id': {
        const gone = definitions.own(role, id ?? '');
        this.#store.removeDefinition(gone.id);
        return jsonAnswer(200, definitions.show(gone));
      }
      default:
        throw refusal(404, 'Object not found.');
    }
  }

  #connectorDefinitions({ request }: Call): Answer {
    const role = request.query.get('type') === 'destination' ? 'destination' : 'source';
    const found = this.definitions.listAll(role, request.query.get('workspaceId') ?? '');
    const data = found.map(({ id, name, tag }) => ({ id, name, connectorDefinitionType: role, version: tag }));
    return jsonAnswer(200, { data });
  }

  #actors({ request, path, id, body }: Call, role: Role): Answer {
    const { actors } = this;
    const withCoordinates = request.query.get('includeSecretCoordinates') === 'true';
    switch (`${request.method}${id === undefined ? '' : ' id'}`) {
      case 'GET': {
        const wanted = request.query.getAll('workspaceIds');
        const all = [...this.#store.actors.values()].filter(
          (actor) => actor.role === role && (wanted.length === 0 || wanted.includes(actor.workspaceId)),
        );
        return jsonAnswer(
          200,
          page(
            all.map((actor) => actors.show(actor, false)),
            path,
            request.query,
          ),
        );
      }
      case 'POST':
        return jsonAnswer(200, actors.show(actors.create(role, body), false));
      case 'GET id':
        return jsonAnswer(200, actors.show(this.#store.actor(id ?? '', role), withCoordinates));
      case 'PUT id':
        return jsonAnswer(200, actors.show(actors.replace(role, id ?? '', body), false));
      case 'PATCH id':
        return jsonAnswer(200, actors.show(actors.merge(role, id ?? '', body), false));
      case 'DELETE id':
        this.#store.removeActor(this.#store.actor(id ?? '', role).id);
        return jsonAnswer(204, '');
      default:
        throw refusal(404, 'Object not found.');
    }
  }

  #connections({ request, path, id, body }: Call): Answer {
    const { connections } = this;
    switch (`${request.method}${id === undefined ? '' : ' id'}`) {
      case 'GET': {
        const wanted = request.query.getAll('workspaceIds');
        const tags = request.query.getAll('tagIds');
        const all = [...this.#store.connections.values()].filter(
          (entry) =>
            (wanted.length === 0 || wanted.includes(entry.workspaceId)) &&
            (tags.length === 0 || entry.tags.some((tag) => tags.includes(tag))),
        );
        return jsonAnswer(
          200,
          page(
            all.map((entry) => connections.show(entry)),
            path,
            request.query,
          ),
        );
      }
      case 'POST':
        return jsonAnswer(200, connections.show(connections.create(body)));
      case 'GET id':
        return jsonAnswer(200, connections.show(this.#store.connection(id ?? '')));
      case 'PATCH id':
        return jsonAnswer(200, connections.show(connections.patch(id ?? '', body)));
      case 'DELETE id':
        this.#store.connections.delete(this.#store.connection(id ?? '').id);
        return jsonAnswer(204, '');
      default:
        throw refusal(404, 'Object not found.');
    }
  }

  #streams({ request }: Call): Answer {
    const source = this.#store.actor(request.query.get('sourceId') ?? '', 'source');
    const destinationId = request.query.get('destinationId');
    const destination =
      destinationId === null ? undefined : this.#store.imageOf(this.#store.actor(destinationId, 'destination'));
    const discovered = this.#store.discover(source, request.query.get('ignoreCache') === 'true');
    const answer = discovered.map((stream) => ({
      streamName: stream.name,
      ...(stream.namespace === undefined ? {} : { streamnamespace: stream.namespace }),
      syncModes: syncModesOf(stream, destination),
      defaultCursorField: stream.defaultCursor ?? [],
      sourceDefinedCursorField: stream.hasSourceDefinedCursor === true,
      sourceDefinedPrimaryKey: stream.sourceDefinedKey ?? [],
      propertyFields: stream.fields.map((field) => [field]),
    }));
    return jsonAnswer(200, answer);
  }

  #jobs({ request, path, id, body }: Call): Answer {
    const { jobs } = this;
    switch (`${request.method}${id === undefined ? '' : ' id'}`) {
      case 'GET':
        return jsonAnswer(200, page(jobs.list(request.query), path, request.query));
      case 'POST':
        return jsonAnswer(200, jobs.show(jobs.create(body)));
      case 'GET id':
        return jsonAnswer(200, jobs.look(jobs.get(id ?? '')));
      case 'DELETE id':
        return jsonAnswer(200, jobs.cancel(jobs.get(id ?? '')));
      default:
        throw notAllowed(request);
    }
  }

  #tags({ request, id, body }: Call): Answer {
    if (!isAtLeast(this.#store.settings.version, '1.6')) throw refusal(404, 'Object not found.');
    const { tags } = this;
    switch (`${request.method}${id === undefined ? '' : ' id'}`) {
      case 'GET':
        return jsonAnswer(200, { data: tags.list(request.query.getAll('workspaceIds')) });
      case 'POST':
        return jsonAnswer(200, tags.create(body));
      case 'GET id':
        return jsonAnswer(200, tags.get(id ?? ''));
      case 'PATCH id':
        return jsonAnswer(200, tags.update(id ?? '', body));
      case 'DELETE id':
        tags.delete(id ?? '');
        return jsonAnswer(204, '');
      default:
        throw notAllowed(request);
    }
  }
}

/** A path that is there, with a method that its document does not have. */
function notAllowed({ method, path }: Request): Problem {
  return refusal(405, `Method [${method}] not allowed for URI [${path}].`);
}

interface Call {
  readonly request: Request;
  readonly path: string;
  readonly id: string | undefined;
  readonly rest: readonly string[];
  readonly body: JsonMap;
}

function roleOf(kind: string | undefined): Role | undefined {
  return kind === 'sources' ? 'source' : kind === 'destinations' ? 'destination' : undefined;
}

function bodyOf(request: Request): JsonMap {
  const body = jsonBody(request);
  if (body === undefined) throw refusal(400, 'The body is no JSON object.');
  return body;
}
