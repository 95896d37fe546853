import { createHash } from 'node:crypto';
import type { SandboxClock } from '../server/clock.js';
import type { Actor, Connection, ConnectorImage, Definition, ImageStream, Job, Role, Tag } from './model.js';
import { refusal } from './problem.js';
import type { AirbyteSettings } from './settings.js';

/** Everything that the server knows. Tests read it, and change it as somebody in the UI would. */
export class AirbyteStore {
  readonly settings: AirbyteSettings;
  readonly clock: SandboxClock;
  readonly workspaces: { readonly id: string; name: string }[] = [];
  /** `repository:tag` -> what that image does; an image that is not here cannot be pulled. */
  readonly images = new Map<string, ConnectorImage>();
  readonly definitions = new Map<string, Definition>();
  readonly actors = new Map<string, Actor>();
  readonly connections = new Map<string, Connection>();
  readonly tags = new Map<string, Tag>();
  readonly jobs: Job[] = [];
  /** Reads so far; answers that may come in any form take turns by it. */
  reads = 0;
  #ids = 0;

  constructor(settings: AirbyteSettings, clock: SandboxClock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** A new id, the same ones in each run. */
  newId(): string {
    this.#ids += 1;
    const hex = createHash('sha256').update(`airbyte ${this.#ids}`).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** Now, in seconds. */
  nowSeconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** @throws {Problem} 404 */
  workspace(id: string): { readonly id: string; readonly name: string } {
    const found = this.workspaces.find((workspace) => workspace.id === id);
    if (found === undefined) throw refusal(404, `Workspace ${id} not found.`);
    return found;
  }

  /** @throws {Problem} 404 */
  definition(id: string, role: Role): Definition {
    const found = this.definitions.get(id);
    if (found === undefined || found.role !== role) throw refusal(404, `${role} definition ${id} not found.`);
    return found;
  }

  /** @throws {Problem} 404 */
  actor(id: string, role: Role): Actor {
    const found = this.actors.get(id);
    if (found === undefined || found.role !== role) throw refusal(404, `${role} ${id} not found.`);
    return found;
  }

  /** @throws {Problem} 404 */
  connection(id: string): Connection {
    const found = this.connections.get(id);
    if (found === undefined) throw refusal(404, `Connection ${id} not found.`);
    return found;
  }

  /** @throws {Problem} 422 when the image cannot be pulled */
  image(repository: string, tag: string): ConnectorImage {
    const found = this.images.get(`${repository}:${tag}`);
    if (found === undefined) {
      throw refusal(422, `Get Spec job failed: the image ${repository}:${tag} could not be pulled.`);
    }
    return found;
  }

  /** The image that an actor runs. */
  imageOf(actor: Actor): ConnectorImage {
    const definition = this.definition(actor.definitionId, actor.role);
    return this.image(definition.repository, definition.tag);
  }

  /**
   * The streams of a source: those that are cached, else what its connector finds.
   *
   * @throws {Problem} 500 when the connector fails
   */
  discover(source: Actor, ignoreCache = false): readonly ImageStream[] {
    if (source.discovered === undefined || ignoreCache) {
      if (source.failure !== undefined) throw refusal(500, `Discover failed: ${source.failure}`);
      source.discovered = this.imageOf(source).streams ?? [];
    }
    return source.discovered;
  }

  /** Removes a definition with all its sources or destinations and all their connections. */
  removeDefinition(id: string): void {
    for (const actor of [...this.actors.values()]) if (actor.definitionId === id) this.removeActor(actor.id);
    this.definitions.delete(id);
  }

  /** Removes a source or destination with all its connections. */
  removeActor(id: string): void {
    for (const connection of [...this.connections.values()]) {
      if (connection.sourceId === id || connection.destinationId === id) this.connections.delete(connection.id);
    }
    this.actors.delete(id);
  }

  /** Whether a job of the connection has not ended. */
  isRunning(connectionId: string): boolean {
    return this.jobs.some((job) => job.connectionId === connectionId && !isFinal(job.statuses[0] ?? ''));
  }
}

/** Whether a job with this status has ended. */
export function isFinal(status: string): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}
