import path from 'node:path';
import type { AirbyteMessage, AirbyteStream, Json, JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import {
  connectorCommand,
  DuckdbFile,
  errorsOf,
  makeFolder,
  type RunResult,
  removeFolder,
  runCommand,
  writeJson,
} from '@cuttle/testing';
import { bubbleConfig, bubbleThings, type Field, snowflakeConfig } from './destination-configs.js';
import { describePeers, programOf, runPeer } from './peer.js';
import { isSame } from './same-value.js';

const USERS = 300;
/** Fields of its products that a Bubble type can hold. */
const PRODUCT: readonly Field[] = [
  { name: 'id', type: 'number' },
  { name: 'make', type: 'text' },
  { name: 'model', type: 'text' },
  { name: 'year', type: 'number' },
  { name: 'price', type: 'number' },
  { name: 'created_at', type: 'date' },
];

type Row = Readonly<Record<string, unknown>>;

describePeers("Airbyte's source-faker into our destinations", ['faker'], () => {
  let folder: string;
  let streams: readonly AirbyteStream[];
  let lines: readonly string[];
  const records = new Map<string, JsonObject[]>();

  async function faker(args: readonly string[]): Promise<readonly string[]> {
    const ended = await runPeer(programOf('faker', 'source-faker'), args, { cwd: folder });
    if (ended.exitCode !== 0) throw new Error(`source-faker ended with ${ended.exitCode}: ${ended.stderr}`);
    return ended.stdout.split('\n').filter((line) => line.startsWith('{'));
  }

  beforeAll(async () => {
    folder = makeFolder();
    const config = writeJson(folder, 'faker.json', { count: USERS, seed: 7, parallelism: 2 });
    for (const line of await faker(['discover', '--config', config])) {
      const message = JSON.parse(line) as AirbyteMessage;
      if (message.type === 'CATALOG') streams = message.catalog.streams;
    }
    const configured = streams.map((stream) => ({
      stream,
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
    }));
    const catalog = writeJson(folder, 'faker-catalog.json', { streams: configured });
    lines = await faker(['read', '--config', config, '--catalog', catalog]);
    for (const line of lines) {
      const message = JSON.parse(line) as AirbyteMessage;
      if (message.type !== 'RECORD') continue;
      const { stream, data } = message.record;
      records.set(stream, [...(records.get(stream) ?? []), data]);
    }
  }, 120_000);
  afterAll(() => removeFolder(folder));

  async function write(name: string, config: JsonObject, only?: string): Promise<RunResult> {
    const configured = streams
      .filter((stream) => only === undefined || stream.name === only)
      .map((stream) => ({
        stream,
        sync_mode: 'incremental',
        destination_sync_mode: 'append_dedup',
        primary_key: [['id']],
        cursor_field: ['updated_at'],
      }));
    const input = lines.filter((line) => only === undefined || line.includes(`"${only}"`));
    const files = {
      config: writeJson(folder, `${name}.json`, config),
      catalog: writeJson(folder, `${name}-catalog.json`, { streams: configured }),
    };
    const args = ['write', '--config', files.config, '--catalog', files.catalog];
    const result = await runCommand(connectorCommand(`destinations/${name}`), args, {
      input: input.map((line) => `${line}\n`),
    });
    if (result.exitCode !== 0) throw new Error(JSON.stringify(errorsOf(result)));
    return result;
  }

  /** Fails unless the rows are the records of the stream, each once. */
  function expectRows(stream: string, rows: readonly Row[], cellIn: (row: Row, field: string) => unknown): void {
    const wanted = records.get(stream)!;
    const byId = new Map(rows.map((row) => [Number(cellIn(row, 'id')), row]));
    expect([stream, rows.length, byId.size]).toEqual([stream, wanted.length, wanted.length]);
    const problems = wanted.flatMap((data) =>
      Object.entries(data).flatMap(([field, value]) => {
        const cell = cellIn(byId.get(Number(data['id'])) ?? {}, field);
        return isSame(value, cell) ? [] : [`${stream} ${data['id']} ${field}: ${JSON.stringify([value, cell])}`];
      }),
    );
    expect(problems.slice(0, 10)).toEqual([]);
  }

  it('gives users, products and purchases', () => {
    expect([...records.keys()].sort()).toEqual(['products', 'purchases', 'users']);
    expect(records.get('users')).toHaveLength(USERS);
  });

  it('into destination-duckdb, twice: every value, each row once', async () => {
    const database = path.join(folder, 'faker.duckdb');
    for (let round = 0; round < 2; round += 1) {
      await write('duckdb', { destination_path: database });
      for (const { name } of streams) {
        const rows = (await new DuckdbFile(database).rows('main', name)) ?? [];
        expectRows(name, rows, (row, field) => row[field]);
      }
    }
  }, 120_000);

  describe('emulators', () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await startSandbox({ users: 1, orders: 1, idleVisits: 0 });
    });
    afterAll(() => sandbox.close());

    it('into destination-snowflake-merge, twice: every value, each row once', async () => {
      const config = snowflakeConfig(sandbox, 'FAKER');
      for (let round = 0; round < 2; round += 1) {
        await write('snowflake-merge', config);
        for (const { name, json_schema } of streams) {
          const fields = Object.keys((json_schema as { properties: JsonObject }).properties);
          const columns = fields.map((field) => `"${field.toUpperCase()}"`).join(', ');
          const rows = await query(`select ${columns} from RAW.${name.toUpperCase()}`);
          const named = rows.map((row) => Object.fromEntries(fields.map((field, index) => [field, row[index]])));
          expectRows(name, named, (row, field) => cellOf(json_schema as Schema, field, row[field]));
        }
      }
    }, 120_000);

    async function query(sql: string): Promise<readonly (readonly unknown[])[]> {
      const { account } = sandbox.snowflake;
      const token = account.open({ database: 'FAKER' });
      try {
        return (await account.run(token, sql, 'test')).rows;
      } finally {
        await account.end(token);
      }
    }

    it('into destination-bubble: every product once, and a second sync writes nothing', async () => {
      const config = bubbleConfig(sandbox, 'products', 'product', PRODUCT);
      await write('bubble', config, 'products');
      const wanted = records.get('products')!.map((data) => PRODUCT.map(({ name, type }) => held(data[name]!, type)));
      const found = (): unknown =>
        bubbleThings(sandbox, 'product', PRODUCT).map((thing) =>
          PRODUCT.map(({ name, type }) => held(thing[name]!, type)),
        );
      expect(found()).toEqual(wanted);
      sandbox.control.log.clear();
      await write('bubble', config, 'products');
      expect(sandbox.control.log.find().filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(found()).toEqual(wanted);
    }, 120_000);
  });
});

type Schema = { readonly properties: Readonly<Record<string, { readonly type?: unknown; readonly format?: string }>> };

/** A cell of Snowflake's wire as the value that it stands for: moments have their zone behind them. */
function cellOf(schema: Schema, field: string, cell: unknown): unknown {
  if (cell === null || schema.properties[field]?.format !== 'date-time') return cell;
  return `${String(cell).slice(0, 26)}Z`;
}

/** Bubble keeps moments in milliseconds. */
function held(value: Json, type: Field['type']): unknown {
  return type === 'date' && value !== null ? new Date(value as string | number).toISOString() : value;
}
