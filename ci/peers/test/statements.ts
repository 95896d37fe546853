import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import { connectorCommand, makeFolder, removeFolder, runCommand, streamOf, writeJson } from '@cuttle/testing';

const PROPERTIES = {
  id: 'integer',
  'a "name"': 'string',
  price: 'number',
  is_paid: 'boolean',
  day: { type: ['null', 'string'], format: 'date' },
  at: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
  local: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
  clock: { type: ['null', 'string'], format: 'time', airbyte_type: 'time_without_timezone' },
  buyer: 'object',
  tags: 'array',
} as const;

/** One stream in each mode, with a column of each type. */
const STREAMS: readonly ConfiguredStream[] = [
  streamOf('orders', PROPERTIES, { mode: 'append_dedup', key: ['id'], cursor: 'at', generation: 1, syncId: 1 }),
  streamOf('events', PROPERTIES, { mode: 'append', generation: 1, syncId: 1 }),
  streamOf('users', PROPERTIES, { mode: 'overwrite', generation: 1, minimum: 1, syncId: 1 }),
];

/** The statements that a destination would run in a first sync, by stream, from its command `sql`. */
export async function statementsOf(
  folder: string,
  config: JsonObject,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const work = makeFolder();
  try {
    const files = ['--config', writeJson(work, 'config.json', config)];
    files.push('--catalog', writeJson(work, 'catalog.json', { streams: STREAMS }));
    const { messages, exitCode, stderr } = await runCommand(connectorCommand(folder), ['sql', ...files]);
    const found = new Map<string, string[]>();
    for (const { message } of messages) {
      if (message.type !== 'RECORD') continue;
      const { stream, data } = message.record;
      found.set(stream, [...(found.get(stream) ?? []), String(data['sql'])]);
    }
    if (exitCode !== 0 || found.size !== STREAMS.length)
      throw new Error(`${folder} sql ended with ${exitCode}: ${stderr}`);
    return found;
  } finally {
    removeFolder(work);
  }
}

/** A config for Snowflake that is never reached. */
export function snowflakeAccount(): JsonObject {
  return { account: 'a', username: 'u', password: 'p', warehouse: 'W', database: 'D', schema: 'RAW' };
}
