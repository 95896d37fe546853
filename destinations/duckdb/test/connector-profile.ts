import fs from 'node:fs';
import path from 'node:path';
import {
  type ConnectorBench,
  type ConnectorProfile,
  complete,
  connectorCommand,
  makeFolder,
  range,
  record,
  removeFolder,
  runChecked,
  state,
  streamOf,
  type Workload,
  writeJson,
} from '@cuttle/testing';

const command = connectorCommand('destinations/duckdb');
const things = streamOf('things', { id: 'integer', name: 'string' }, { generation: 1 });
const STATE_BYTES = 20_000;

/** What the suites for every connector know of this destination. */
export function duckdbConnector(): ConnectorProfile {
  return {
    name: 'destination-duckdb',
    folder: 'destinations/duckdb',
    command,
    kind: 'destination',
    open: openBench,
    badConfigs: [
      { name: 'no path', word: /destination_path is required/, make: () => ({}) },
      {
        name: 'a path in a folder that cannot be made',
        word: /destination_path.*cannot be written/,
        make: ({ folder }) => {
          fs.writeFileSync(path.join(folder, 'a-file'), '');
          return { destination_path: path.join(folder, 'a-file', 'warehouse.duckdb') };
        },
      },
      {
        name: 'a path that is a folder',
        word: /destination_path/,
        make: ({ folder }) => ({ destination_path: folder }),
      },
      {
        name: 'a file that is no DuckDB file',
        word: /destination_path.*no DuckDB file/,
        make: ({ folder }) => {
          const file = path.join(folder, 'text.duckdb');
          fs.writeFileSync(file, 'this is a text, longer than the header of a database file would be'.repeat(200));
          return { destination_path: file };
        },
      },
      {
        name: 'a staging folder that cannot be made',
        word: /staging_path.*cannot be written/,
        make: ({ folder, config }) => {
          fs.writeFileSync(path.join(folder, 'b-file'), '');
          return { ...config, staging_path: path.join(folder, 'b-file', 'staging') };
        },
      },
      { name: 'a value out of bounds', word: /memory_mb/, make: ({ config }) => ({ ...config, memory_mb: 1 }) },
    ],
    memoryMiB: 800,
  };
}

async function openBench(): Promise<ConnectorBench> {
  const folder = makeFolder();
  const config = { destination_path: path.join(folder, 'warehouse.duckdb'), commit_interval_ms: 20 };
  let runs = 0;
  const workload = (input: () => Iterable<string>): Workload => {
    runs += 1;
    const configFile = writeJson(folder, `config-${runs}.json`, config);
    const catalog = writeJson(folder, `catalog-${runs}.json`, { streams: [things] });
    return { args: ['write', '--config', configFile, '--catalog', catalog], input };
  };
  return {
    folder,
    config,
    run: (args, options) => runChecked(command, args, options),
    small: async () => workload(() => smallInput()),
    large: async (bytes) => workload(() => largeInput(bytes)),
    close: async () => removeFolder(folder),
  };
}

function* smallInput(): Generator<string> {
  for (const id of range(10)) yield `${record(things, { id, name: `n${id}` })}\n`;
  yield `${state(things, { id: 9 })}\n${complete(things)}\n`;
}

/** The output of a destination are its states: large ones, each behind a record. */
function* largeInput(bytes: number): Generator<string> {
  const padding = 'x'.repeat(STATE_BYTES);
  for (const id of range(Math.ceil(bytes / STATE_BYTES))) {
    yield `${record(things, { id, name: 'n' })}\n${state(things, { id, padding })}\n`;
  }
  yield `${complete(things)}\n`;
}
