import type { JsonMap, Tag } from './model.js';
import { refusal } from './problem.js';
import type { AirbyteStore } from './store.js';

/** Longest name of a tag. */
const MAX_NAME = 30;

/** Tags of workspaces. */
export class Tags {
  readonly #store: AirbyteStore;

  constructor(store: AirbyteStore) {
    this.#store = store;
  }

  list(workspaceIds: readonly string[]): readonly Tag[] {
    const all = [...this.#store.tags.values()];
    return workspaceIds.length === 0 ? all : all.filter((tag) => workspaceIds.includes(tag.workspaceId));
  }

  create(body: JsonMap): Tag {
    const { name, color, workspaceId } = body;
    this.#store.workspace(String(workspaceId));
    const tag: Tag = {
      tagId: this.#store.newId(),
      workspaceId: String(workspaceId),
      name: this.#checkName(name, String(workspaceId)),
      color: checkColor(color),
    };
    if (this.list([tag.workspaceId]).length >= this.#store.settings.maxTags) {
      throw refusal(400, 'The limit of tags of this workspace is reached.');
    }
    this.#store.tags.set(tag.tagId, tag);
    return tag;
  }

  get(id: string): Tag {
    const tag = this.#store.tags.get(id);
    if (tag === undefined) throw refusal(404, `Tag ${id} not found.`);
    return tag;
  }

  /** Connections that have the tag show its new name at once. */
  update(id: string, body: JsonMap): Tag {
    const tag = this.get(id);
    const name = body['name'] === tag.name ? tag.name : this.#checkName(body['name'], tag.workspaceId);
    const changed: Tag = { ...tag, name, color: checkColor(body['color']) };
    this.#store.tags.set(id, changed);
    return changed;
  }

  /** Takes the tag off every connection that has it. */
  delete(id: string): void {
    this.#store.tags.delete(this.get(id).tagId);
    for (const connection of this.#store.connections.values()) {
      connection.tags = connection.tags.filter((tag) => tag !== id);
    }
  }

  #checkName(name: unknown, workspaceId: string): string {
    if (typeof name !== 'string' || name === '' || name.length > MAX_NAME) {
      throw refusal(400, `A tag's name has 1 to ${MAX_NAME} characters.`);
    }
    if (this.list([workspaceId]).some((tag) => tag.name === name)) {
      throw refusal(409, `The tag ${name} already exists.`, 'tag-already-exists');
    }
    return name;
  }
}

function checkColor(color: unknown): string {
  if (typeof color !== 'string' || !/^[0-9A-Fa-f]{6}$/.test(color)) throw refusal(400, 'A color has 6 hex digits.');
  return color;
}
