import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Actor, JsonMap, Role } from './model.js';
import { refusal } from './problem.js';
import { asMap, deepMerge, isMap, keepSecrets, MASK, maskSecrets, secretPaths, valueAt } from './secrets.js';
import { isAtLeast } from './settings.js';
import type { AirbyteStore } from './store.js';

/** A spec is compiled once, however many servers use its image. */
const COMPILED = new WeakMap<JsonMap, ValidateFunction>();

function compile(spec: JsonMap): ValidateFunction {
  const ajv = new Ajv({ strict: false, logger: false, validateFormats: true });
  addFormats(ajv);
  return ajv.compile({ ...spec, $schema: 'http://json-schema.org/draft-07/schema#' });
}

/** Sources and destinations. Their configs are checked against the spec, but nothing is tried. */
export class Actors {
  readonly #store: AirbyteStore;

  constructor(store: AirbyteStore) {
    this.#store = store;
  }

  create(role: Role, body: JsonMap): Actor {
    const { name, workspaceId, definitionId, configuration } = body;
    if (typeof name !== 'string' || !isMap(configuration)) throw refusal(400, 'name and configuration are required.');
    this.#refuseAllocation(body);
    this.#store.workspace(String(workspaceId));
    const definition = this.#store.definition(String(definitionId), role);
    const { spec } = this.#store.image(definition.repository, definition.tag);
    validate(spec, configuration);
    const actor: Actor = {
      id: this.#store.newId(),
      role,
      workspaceId: String(workspaceId),
      definitionId: definition.id,
      createdAt: this.#store.nowSeconds(),
      name,
      config: configuration,
      secretVersions: new Map(secretPaths(spec, configuration).map((path) => [path, 1])),
    };
    this.#store.actors.set(actor.id, actor);
    return actor;
  }

  /** Replaces the config; a mask keeps the stored secret. */
  replace(role: Role, id: string, body: JsonMap): Actor {
    const { name, configuration } = body;
    if (typeof name !== 'string' || !isMap(configuration)) throw refusal(400, 'name and configuration are required.');
    return this.#store_(role, id, name, configuration, body);
  }

  /** Merges into the config: no key goes away. */
  merge(role: Role, id: string, body: JsonMap): Actor {
    const actor = this.#store.actor(id, role);
    const config = asMap(deepMerge(actor.config, asMap(body['configuration'])));
    return this.#store_(role, id, String(body['name'] ?? actor.name), config, body);
  }

  #store_(role: Role, id: string, name: string, sent: JsonMap, body: JsonMap): Actor {
    this.#refuseAllocation(body);
    const actor = this.#store.actor(id, role);
    const { spec } = this.#store.imageOf(actor);
    const config = asMap(keepSecrets(spec, sent, actor.config));
    validate(spec, config);
    for (const path of secretPaths(spec, config)) {
      const isNew = valueAt(config, path) !== valueAt(actor.config, path);
      if (isNew) actor.secretVersions.set(path, (actor.secretVersions.get(path) ?? 0) + 1);
    }
    actor.name = name;
    actor.config = config;
    return actor;
  }

  #refuseAllocation(body: JsonMap): void {
    if (this.#store.settings.isCloud && body['resourceAllocation'] !== undefined) {
      throw refusal(403, 'Setting resourceAllocation is not allowed on Cloud.');
    }
  }

  /** The answer for an actor. @param withCoordinates whether secrets are shown by where they are stored */
  show(actor: Actor, withCoordinates: boolean): JsonMap {
    const { settings } = this.#store;
    const definition = this.#store.definition(actor.definitionId, actor.role);
    const image = this.#store.images.get(`${definition.repository}:${definition.tag}`);
    const hasCoordinates = withCoordinates && !settings.isCloud && isAtLeast(settings.version, '1.8');
    const show = (path: string): string =>
      hasCoordinates
        ? `secret_coordinate::airbyte_workspace_${actor.id}_${path}_v${actor.secretVersions.get(path) ?? 1}`
        : MASK;
    const configuration = maskSecrets(image?.spec ?? {}, actor.config, show);
    return {
      [`${actor.role}Id`]: actor.id,
      name: actor.name,
      [`${actor.role}Type`]: definition.repository.replace(/^.*\/(source|destination)-/, ''),
      definitionId: actor.definitionId,
      workspaceId: actor.workspaceId,
      configuration,
      createdAt: actor.createdAt,
      ...(settings.isAwkward ? { resourceAllocation: null, aFieldOfTheFuture: { nested: [1] } } : {}),
    };
  }
}

/** @throws {Problem} 422 */
function validate(spec: JsonMap, config: JsonMap): void {
  const check = COMPILED.get(spec) ?? compile(spec);
  COMPILED.set(spec, check);
  if (check(config)) return;
  const [error] = check.errors ?? [];
  const place = error?.instancePath === undefined || error.instancePath === '' ? '$' : `$${error.instancePath}`;
  throw refusal(
    422,
    `The provided configuration does not fulfill the specification. Errors: ${place}: ${error?.message ?? ''}`,
  );
}
