import { isKnownError } from '@cuttle/protocol';
import type { PublicApi } from '../client/public-api.js';
import type { RemoteStream } from '../client/wire.js';

/** What sources have, asked once for each. */
export class Catalogs {
  readonly #api: PublicApi;
  readonly #refreshed = new Set<string>();
  readonly #known = new Map<string, Promise<readonly RemoteStream[] | Error>>();

  constructor(api: PublicApi) {
    this.#api = api;
  }

  /** Streams of a source as the server keeps them; an Error when its discovery fails. */
  get(sourceId: string): Promise<readonly RemoteStream[] | Error> {
    const known = this.#known.get(sourceId);
    return known ?? this.#ask(sourceId, false);
  }

  /** As {@link refresh}, but once for all who ask. */
  refreshOnce(sourceId: string): Promise<readonly RemoteStream[] | Error> {
    if (this.#refreshed.has(sourceId)) return this.get(sourceId);
    this.#refreshed.add(sourceId);
    return this.refresh(sourceId);
  }

  /** Starts the connector to look again. */
  refresh(sourceId: string): Promise<readonly RemoteStream[] | Error> {
    return this.#ask(sourceId, true);
  }

  #ask(sourceId: string, ignoreCache: boolean): Promise<readonly RemoteStream[] | Error> {
    const asked = this.#api.listStreams(sourceId, ignoreCache).catch((error: unknown) => {
      // A source whose system is away must not keep the others from being planned. Rejected credentials must.
      if (isKnownError(error) && error.failureType !== 'config_error') return error as Error;
      throw error;
    });
    this.#known.set(sourceId, asked);
    return asked;
  }
}
