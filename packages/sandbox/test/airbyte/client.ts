import { type AirbyteSettings, AirbyteStandIn, fillWithNovel, type JsonMap } from '../../src/index.js';

/** An answer as a test looks at it. */
export interface Got {
  readonly status: number;
  readonly body: JsonMap;
}

/** The Novel workspace and calls to it; without authentication unless the settings ask for it. */
export class Bench {
  readonly airbyte: AirbyteStandIn;
  readonly workspaceId: string;
  readonly secrets: readonly string[];

  constructor(settings: Partial<AirbyteSettings> = {}) {
    this.airbyte = new AirbyteStandIn({ auth: 'off', ...settings });
    const { id, secrets } = fillWithNovel(this.airbyte);
    this.workspaceId = id;
    this.secrets = secrets;
  }

  async send(path: string, init: RequestInit = {}): Promise<Response> {
    return this.airbyte.fetch(`http://airbyte.test/airbyte/api/${path}`, init);
  }

  /** A call of the public API. */
  async call(method: string, path: string, body?: unknown): Promise<Got> {
    return asGot(
      await this.send(`public/v1${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }),
    );
  }

  /** A call of the Config API. */
  async config(path: string, body: unknown): Promise<Got> {
    return asGot(await this.send(`v1${path}`, { method: 'POST', body: JSON.stringify(body) }));
  }

  /** The entries of a list, up to 100. */
  async list(path: string): Promise<readonly JsonMap[]> {
    const { body } = await this.call('GET', `${path}?limit=100`);
    return body['data'] as readonly JsonMap[];
  }

  async named(path: string, name: string): Promise<JsonMap> {
    const found = (await this.list(path)).find((entry) => entry['name'] === name);
    if (found === undefined) throw new Error(`No ${name} in ${path}`);
    return found;
  }
}

async function asGot(response: Response): Promise<Got> {
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as JsonMap) };
}

/** The useful text of a problem. */
export function messageOf(got: Got): string {
  return String((got.body['data'] as JsonMap | undefined)?.['message'] ?? got.body['message']);
}
