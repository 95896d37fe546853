import type { JsonObject } from '@cuttle/protocol';
import type { Sandbox } from '@cuttle/sandbox';

/** A field of a Bubble type, as records of a stream have it. */
export interface Field {
  readonly name: string;
  readonly type: 'text' | 'number' | 'date';
}

/** A config for a new database of the Snowflake emulator. */
export function snowflakeConfig(sandbox: Sandbox, database: string): JsonObject {
  const { host, username, password, account } = sandbox.snowflake;
  account.createDatabase(database);
  return { account: 'sandbox', host, username, password, warehouse: 'LOADING', database, schema: 'RAW' };
}

/** A config for a new type of the Bubble emulator, which takes a stream by its `id`. */
export function bubbleConfig(
  sandbox: Sandbox,
  stream: string,
  type: string,
  fields: readonly Field[] = [{ name: 'id', type: 'number' }],
): JsonObject {
  const defined = fields.map(({ name, type: kind }) => ({ id: `${name}_${kind}`, display: name, type: kind }));
  sandbox.control.run('bubble.define', { definition: { name: type, display: type, fields: defined } });
  return {
    base_url: sandbox.bubble.baseUrl,
    api_token: sandbox.bubble.token,
    allow_private_hosts: true,
    requests_per_minute: 100_000,
    http_backoff_ms: 1,
    streams: [
      {
        stream,
        bubble_type: type,
        mode: 'upsert',
        match: { record_field: 'id', bubble_field: 'id' },
        mapping: fields.map(({ name }) => ({ from: name, to: name })),
      },
    ],
  };
}

/** What the things of a type hold, by the names of their fields. */
export function bubbleThings(sandbox: Sandbox, type: string, fields: readonly Field[]): readonly JsonObject[] {
  const ids = sandbox.control.run('bubble.ids', { type }) as string[];
  return ids.map((id) => {
    const { values } = sandbox.control.run('bubble.get', { type, id }) as { values: JsonObject };
    return Object.fromEntries(fields.map(({ name, type: kind }) => [name, values[`${name}_${kind}`] ?? null]));
  });
}
