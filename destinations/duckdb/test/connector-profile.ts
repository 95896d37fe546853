import fs from 'node:fs';
import path from 'node:path';
import { type ConnectorProfile, openDestinationBench } from '@cuttle/testing';
import { profileInProcess } from './profile.js';

/** What the suites for every connector know of this destination. */
export function duckdbConnector(): ConnectorProfile {
  const entry = profileInProcess();
  return {
    name: 'destination-duckdb',
    folder: 'destinations/duckdb',
    command: entry.command,
    kind: 'destination',
    open: (place) =>
      openDestinationBench(entry, place, async (folder) => ({
        config: { destination_path: path.join(folder, 'warehouse.duckdb'), commit_interval_ms: 20 },
        close: async () => undefined,
      })),
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
