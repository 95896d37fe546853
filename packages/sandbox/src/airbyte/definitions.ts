import type { Definition, JsonMap, Role } from './model.js';
import { refusal } from './problem.js';
import { isAtLeast } from './settings.js';
import type { AirbyteStore } from './store.js';

/** Connector definitions of a workspace. Creating or changing one pulls its image. */
export class Definitions {
  readonly #store: AirbyteStore;

  constructor(store: AirbyteStore) {
    this.#store = store;
  }

  /** Own definitions of a workspace, without the registry's. */
  list(role: Role, workspaceId: string): readonly Definition[] {
    this.#store.workspace(workspaceId);
    const all = [...this.#store.definitions.values()];
    return all.filter((entry) => entry.role === role && entry.workspaceId === workspaceId);
  }

  /** Own definitions and the registry's. */
  listAll(role: Role, workspaceId: string): readonly Definition[] {
    const all = [...this.#store.definitions.values()];
    return all.filter(
      (entry) => entry.role === role && (entry.workspaceId === undefined || entry.workspaceId === workspaceId),
    );
  }

  create(role: Role, workspaceId: string, body: JsonMap): Definition {
    this.#refuseCloud();
    this.#store.workspace(workspaceId);
    const { name, dockerRepository, dockerImageTag, documentationUrl } = body;
    if (![name, dockerRepository, dockerImageTag].every((value) => typeof value === 'string')) {
      throw refusal(400, 'name, dockerRepository and dockerImageTag are required.');
    }
    this.#pull(role, String(dockerRepository), String(dockerImageTag));
    const definition: Definition = {
      id: this.#store.newId(),
      role,
      workspaceId,
      name: String(name),
      repository: String(dockerRepository),
      tag: String(dockerImageTag),
      ...(typeof documentationUrl === 'string' ? { documentationUrl } : {}),
    };
    this.#store.definitions.set(definition.id, definition);
    return definition;
  }

  update(role: Role, id: string, body: JsonMap): Definition {
    this.#refuseCloud();
    const definition = this.own(role, id);
    const { name, dockerImageTag } = body;
    if (typeof name !== 'string' || typeof dockerImageTag !== 'string') {
      throw refusal(400, 'name and dockerImageTag are required.');
    }
    const { version } = this.#store.settings;
    if (dockerImageTag !== definition.tag && !isAtLeast(version, '1.6.2')) {
      throw refusal(500, 'An unexpected problem has occurred.');
    }
    this.#pull(role, definition.repository, dockerImageTag);
    definition.name = name;
    definition.tag = dockerImageTag;
    return definition;
  }

  /** A definition of the workspace. @throws {Problem} 404 also for those of the registry */
  own(role: Role, id: string): Definition {
    const definition = this.#store.definition(id, role);
    if (definition.workspaceId === undefined) throw refusal(404, `${role} definition ${id} not found.`);
    return definition;
  }

  show(definition: Definition): JsonMap {
    const { id, name, repository, tag, documentationUrl } = definition;
    const url = documentationUrl === undefined ? {} : { documentationUrl };
    return { id, name, dockerRepository: repository, dockerImageTag: tag, ...url };
  }

  #pull(role: Role, repository: string, tag: string): void {
    const image = this.#store.image(repository, tag);
    if (image.role !== role) throw refusal(422, `Get Spec job failed: ${repository}:${tag} is no ${role}.`);
  }

  #refuseCloud(): void {
    if (this.#store.settings.isCloud) throw refusal(403, 'Custom Docker definitions are not available on Cloud.');
  }
}
