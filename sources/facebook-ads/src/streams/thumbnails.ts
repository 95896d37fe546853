import { HttpClient, type SourceContext } from '@cuttle/airbyte-cdk';
import type { FacebookAdsConfig } from '../config.js';

const MAX_BYTES = 2_000_000;

/** Reads the thumbnails of creatives. They lie on hosts of their own, which never get the token. */
export class Thumbnails {
  readonly #ctx: SourceContext<FacebookAdsConfig>;
  readonly #clients = new Map<string, HttpClient>();

  constructor(ctx: SourceContext<FacebookAdsConfig>) {
    this.#ctx = ctx;
  }

  /** The picture as a `data:` URL; null when it cannot be had. */
  async dataUrl(url: unknown): Promise<string | null> {
    if (typeof url !== 'string' || !URL.canParse(url)) return null;
    try {
      const { headers, bytes } = await this.#client(new URL(url).origin).get(url, { as: 'bytes' });
      const type = /^image\/[\w.+-]+/.exec(headers['content-type'] ?? '')?.[0];
      return type === undefined ? null : `data:${type};base64,${bytes.toString('base64')}`;
    } catch (error) {
      if (this.#ctx.signal.aborted) throw error;
      this.#ctx.log.debug('A thumbnail could not be read.');
      return null;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  #client(origin: string): HttpClient {
    const { config, signal, log, clock } = this.#ctx;
    const limits = { maxBodyBytes: MAX_BYTES, maxAttempts: 2, allowPrivateHosts: config.allow_private_hosts };
    const client = this.#clients.get(origin) ?? new HttpClient({ baseUrl: origin, limits }, { signal, log, clock });
    this.#clients.set(origin, client);
    return client;
  }
}
