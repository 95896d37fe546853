import path from 'node:path';
import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import { connectorCommand, DuckdbFile, makeFolder, removeFolder } from '@cuttle/testing';
import { describePeers, executable, reported, runScript } from './peer.js';
import { replaySource } from './replay.js';

const STREAM: ConfiguredStream['stream'] = {
  name: 'orders',
  json_schema: {
    type: 'object',
    properties: {
      id: { type: ['null', 'integer'] },
      name: { type: ['null', 'string'] },
      price: { type: ['null', 'number'] },
      is_paid: { type: ['null', 'boolean'] },
      made_at: { type: ['null', 'string'], format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
      tags: { type: ['null', 'array'] },
      buyer: { type: ['null', 'object'] },
    },
  },
  supported_sync_modes: ['full_refresh'],
};

const NAMES = ['Ärger "quoted"', "O'Brien\n", '数据', '', '\u202eleft', 'plain'];

/** Orders with ids from `first` on. */
function orders(first: number, count: number): readonly JsonObject[] {
  return Array.from({ length: count }, (_, index) => ({
    id: first + index,
    name: NAMES[index % NAMES.length]!,
    price: index % 5 === 0 ? null : (first + index) / 4,
    is_paid: index % 2 === 0,
    made_at: `2024-06-${String(1 + (index % 28)).padStart(2, '0')}T10:20:30.123456Z`,
    tags: [index, `tag ${index}`],
    buyer: { id: index, address: { city: NAMES[index % NAMES.length]! } },
  }));
}

describePeers('PyAirbyte writes into destination-duckdb', ['pyairbyte'], () => {
  let folder: string;
  beforeAll(() => {
    folder = makeFolder();
  });
  afterAll(() => removeFolder(folder));

  /** Writes the steps one after the other in one process, and gives what it said of them. */
  async function write(
    database: string,
    steps: readonly { readonly strategy: 'append' | 'replace'; readonly records: readonly JsonObject[]; cut?: true }[],
  ): Promise<readonly string[]> {
    const job = {
      name: 'destination-duckdb',
      command: executable(folder, 'destination-duckdb', connectorCommand('destinations/duckdb')),
      config: { destination_path: database },
      steps: steps.map(({ strategy, records, cut }, index) => ({
        strategy,
        command: replaySource(folder, `${path.basename(database)}-${index}`, {
          stream: STREAM,
          records,
          isCut: cut === true,
        }),
      })),
    };
    const ended = await runScript('pyairbyte', 'pyairbyte_write.py', job, { cwd: folder });
    return reported<readonly string[]>(ended, 'STEPS')[0]!;
  }

  /** The rows of the table as records, ordered by id. */
  async function found(database: string): Promise<readonly JsonObject[]> {
    const rows = (await new DuckdbFile(database).rows('main', 'orders')) ?? [];
    const data = rows.map(({ id, name, price, is_paid, made_at, tags, buyer }) => ({
      id: Number(id),
      name,
      price,
      is_paid,
      made_at,
      tags,
      buyer,
    }));
    return (data as readonly JsonObject[]).toSorted((a, b) => Number(a['id']) - Number(b['id']));
  }

  const twice = (records: readonly JsonObject[]): readonly JsonObject[] => records.flatMap((data) => [data, data]);

  it('appends twice, equal rows and other ones: all of them are there', async () => {
    const database = path.join(folder, 'append.duckdb');
    const [a, b] = [orders(0, 100), orders(1000, 50)];
    const outcomes = await write(database, [
      { strategy: 'append', records: a },
      { strategy: 'append', records: a },
      { strategy: 'append', records: b },
    ]);
    expect(outcomes).toEqual(['done', 'done', 'done']);
    expect(await found(database)).toEqual([...twice(a), ...b]);
  }, 240_000);

  it('replaces twice, also behind a replace that was cut off', async () => {
    const database = path.join(folder, 'replace.duckdb');
    const [a, b, c] = [orders(0, 100), orders(500, 40), orders(900, 10)];
    expect(await write(database, [{ strategy: 'replace', records: a }])).toEqual(['done']);
    expect(await found(database)).toEqual(a);
    const cut = await write(database, [{ strategy: 'replace', records: b, cut: true }]);
    expect(cut).toEqual([expect.stringMatching(/Airbyte/)]);
    expect(await found(database)).toEqual(a);
    expect(await write(database, [{ strategy: 'replace', records: c }])).toEqual(['done']);
    expect(await found(database)).toEqual(c);
  }, 240_000);
});
