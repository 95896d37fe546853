import { Readable, Writable } from 'node:stream';
import { type Invocation, MessageWriter, Secrets } from '@cuttle/airbyte-cdk';
import {
  type ConfiguredStream,
  descriptorOf,
  encodeMessage,
  isJsonObject,
  type Json,
  statusTrace,
} from '@cuttle/protocol';
import { type AirbyteType, airbyteTypeOf } from './airbyte-type.js';

/** What stands in printed statements for the staging folder, which each run makes anew. */
export const STAGING_PLACEHOLDER = '<staging folder>';

/** A value of each type, for keys and cursors: they may not be null. */
const VALUES: Readonly<Record<AirbyteType, Json>> = {
  string: 'a',
  number: 1.5,
  integer: 1,
  boolean: true,
  date: '2024-01-01',
  time_with_timezone: '00:00:00Z',
  time_without_timezone: '00:00:00',
  timestamp_with_timezone: '2024-01-01T00:00:00Z',
  timestamp_without_timezone: '2024-01-01T00:00:00',
  object: {},
  array: [],
  union: 'a',
  unknown: 'a',
};

/**
 * The whole of the hidden command `sql`: for each stream of the catalog, loads one invented record by the way that
 * `write` goes, and sends what `load` notes as records `{ sql }` of that stream.
 *
 * @param load loads the streams of its invocation without touching the user's warehouse, and notes each statement
 */
export async function printStatements(
  invocation: Invocation,
  load: (invocation: Invocation, note: (sql: string) => void) => Promise<void>,
): Promise<void> {
  for (const configured of invocation.catalog.streams) {
    const statements: string[] = [];
    const writer = silentWriter(invocation.clock);
    const stdin = Readable.from(sampleInput(configured), { objectMode: false });
    await load({ ...invocation, catalog: { streams: [configured] }, stdin, writer }, (sql) => statements.push(sql));
    await writer.end();
    const { name: stream, ...rest } = descriptorOf(configured.stream);
    for (const sql of statements) {
      await invocation.writer.write({
        type: 'RECORD',
        record: { stream, ...rest, emitted_at: invocation.clock(), data: { sql } },
      });
    }
  }
}

/** One record, a state behind it, and the end: what every mode commits. */
function* sampleInput(configured: ConfiguredStream): Generator<Buffer> {
  const { json_schema: schema } = configured.stream;
  const descriptor = descriptorOf(configured.stream);
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const fields = [...(configured.primary_key ?? []), configured.cursor_field ?? []].flatMap((path) => path.slice(0, 1));
  const data = Object.fromEntries(fields.map((field) => [field, VALUES[airbyteTypeOf(properties[field])]]));
  const { name: stream, ...rest } = descriptor;
  // With a meta it takes the way of a large batch, as most rows of a first sync do.
  const record = { stream, ...rest, emitted_at: 0, data, meta: { changes: [] } };
  yield Buffer.from(`${encodeMessage({ type: 'RECORD', record })}\n`);
  const state = { type: 'STREAM', stream: { stream_descriptor: descriptor, stream_state: { sample: 1 } } } as const;
  yield Buffer.from(`${encodeMessage({ type: 'STATE', state })}\n`);
  yield Buffer.from(`${encodeMessage(statusTrace(descriptor, 'COMPLETE', 0))}\n`);
}

/** States of invented records go nowhere. */
function silentWriter(clock: () => number): MessageWriter {
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  return new MessageWriter({ output, secrets: new Secrets(), clock });
}
