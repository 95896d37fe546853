import { runDestinationIn } from '@cuttle/airbyte-cdk';
import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { connectorCommand, type DestinationProfile, type DumpedRow, range } from '@cuttle/testing';
import { BubbleDestination } from '../src/index.js';

const NO_TABLES = 'an app has types that its owner made: the destination makes and alters none';

/** Streams of the protocol suite, all with these fields. */
const STREAMS = ['users', 'plain', ...range(25).map((n) => `stream_${n}`)];
const FIELDS = [
  { id: 'id_number', display: 'id', type: 'number' },
  { id: 'name_text', display: 'name', type: 'text' },
  { id: 'text_text', display: 'text', type: 'text' },
];

interface Written extends JsonObject {
  readonly streams: readonly { readonly stream: string; readonly bubble_type: string }[];
}

/** The profile of the destination against a sandbox that lasts for the tests of a file; a type is what a table is elsewhere. */
export function bubbleProfile(): DestinationProfile {
  let sandbox: Sandbox;
  let warehouses = 0;
  beforeAll(async () => {
    sandbox = await startSandbox({ users: 1, orders: 1, idleVisits: 0 });
  });
  afterAll(() => sandbox.close());
  const typeOf = (config: JsonObject, stream: string): string | undefined =>
    (config as Written).streams.find((entry) => entry.stream === stream)?.bubble_type;
  const noTables = async (): Promise<never> => {
    throw new Error(NO_TABLES);
  };
  return {
    name: 'destination-bubble',
    command: connectorCommand('destinations/bubble'),
    runIn: (host) => runDestinationIn(new BubbleDestination(), host),
    config: () => {
      warehouses += 1;
      return configFor(
        sandbox,
        STREAMS.map((stream) => [stream, `${stream}_${warehouses}`]),
      );
    },
    schema: '',
    rows: async (config, _schema, stream) => rowsOf(sandbox, typeOf(config, stream)),
    columns: async () => Object.fromEntries(FIELDS.map(({ display, type }) => [display, type])),
    tables: noTables,
    execute: noTables,
    setComment: noTables,
    comment: noTables,
    nameOf: (name) => name,
    foldsCase: false,
    fractionDigits: 6,
    manyStreams: 25,
    needsMatch: true,
    typeMap: {},
  };
}

/** A config for streams and the types they go to, which are made anew. */
export function configFor(sandbox: Sandbox, streams: readonly (readonly [string, string])[]): JsonObject {
  for (const [, name] of streams)
    sandbox.control.run('bubble.define', { definition: { name, display: name, fields: FIELDS } });
  return {
    base_url: sandbox.bubble.baseUrl,
    api_token: sandbox.bubble.token,
    allow_private_hosts: true,
    requests_per_minute: 100_000,
    http_backoff_ms: 1,
    streams: streams.map(([stream, bubble_type]) => ({
      stream,
      bubble_type,
      mapping: FIELDS.map(({ display }) => ({ from: display, to: display })),
    })),
  };
}

function rowsOf(sandbox: Sandbox, type: string | undefined): readonly DumpedRow[] | undefined {
  if (type === undefined) return undefined;
  const ids = sandbox.control.run('bubble.ids', { type }) as string[];
  return ids.map((id) => {
    const { values } = sandbox.control.run('bubble.get', { type, id }) as { values: Record<string, unknown> };
    return { id: String(values['id_number']), name: values['name_text'] ?? null };
  });
}
