import type { System } from '../server/answer-request.js';
import type { Control } from '../server/control.js';
import { inProcessFetch } from '../server/in-process.js';
import { listen } from '../server/listen.js';
import { makeControl } from '../server/serve-stand-in.js';
import { AirbyteApi } from './airbyte-api.js';
import { type AirbyteSettings, defaultAirbyteSettings } from './settings.js';
import { AirbyteStore } from './store.js';

const NOW = Date.parse('2026-11-20T06:00:00.000Z');

/** An Airbyte server on its own: in process by `fetch`, or over HTTP by `listen`. */
export class AirbyteStandIn {
  readonly store: AirbyteStore;
  readonly api: AirbyteApi;
  readonly control: Control;
  /** Reaches the server without a socket, at any host. */
  readonly fetch: typeof fetch;
  readonly #systems: ReadonlyMap<string, System>;

  /** @param control of the sandbox that it is a part of; default: one of its own */
  constructor(settings: Partial<AirbyteSettings> = {}, control: Control = makeControl(NOW)) {
    this.control = control;
    this.store = new AirbyteStore({ ...defaultAirbyteSettings(), ...settings }, control.clock);
    this.api = new AirbyteApi(this.store);
    this.#systems = new Map([['airbyte', this.api]]);
    this.fetch = inProcessFetch(this.#systems, control);
    control.register({
      'airbyte.settings': (changes) => Object.assign(this.store.settings, changes),
      'airbyte.writes': () => this.writes(),
    });
  }

  /** Requests so far that could change something, the token endpoint and questions of the Config API left out. */
  writes(): readonly { readonly method: string; readonly path: string; readonly body: string }[] {
    const asks = /\/(token|get|check_connection|list)$/;
    return this.control.log
      .find({ system: 'airbyte' })
      .filter(({ method, path }) => method !== 'GET' && !asks.test(path));
  }

  /** Serves it on a loopback port. `url` is what stands for `https://host`. */
  async listen(port = 0): Promise<{ readonly url: string; close(): Promise<void> }> {
    const listener = await listen(port, this.#systems, this.control);
    return { url: `${listener.url}/airbyte`, close: () => listener.close() };
  }
}
