import fs from 'node:fs';
import path from 'node:path';
import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import {
  connectorCommand,
  DuckdbFile,
  makeFolder,
  removeFolder,
  type SourceProfile,
  type StandIn,
} from '@cuttle/testing';
import { keyOf, type OwnRead, readOwn } from './own-read.js';
import { describePeers, executable, reported, runScript } from './peer.js';
import { profileOf, SOURCES } from './profiles.js';
import { isSame } from './same-value.js';

/** What PyAirbyte says behind each read. */
interface Reported {
  readonly processed: number;
  readonly rows: Readonly<Record<string, number>>;
}

/** How PyAirbyte asks for every stream, whatever the catalog offers. */
const INCREMENTAL = { sync_mode: 'incremental' } as const;

describePeers('PyAirbyte reads our sources', ['pyairbyte'], () => {
  describe.each(SOURCES)('%s', (folder) => {
    let profile: SourceProfile;
    let standIn: StandIn;
    let work: string;

    beforeAll(async () => {
      work = makeFolder();
      profile = await profileOf(folder);
      standIn = await profile.start();
    });
    afterAll(async () => {
      await standIn.close();
      removeFolder(work);
    });

    it('reads every stream twice into its cache: every value of both reads, no row twice', async () => {
      const config = profile.config(standIn, standIn.url);
      const first = await readOwn(profile, config, INCREMENTAL);
      const database = path.join(work, 'cache.duckdb');
      const gate = path.join(work, 'changed');
      let seen = 0;
      const ended = await runScript(
        'pyairbyte',
        'pyairbyte_read.py',
        {
          name: profile.name,
          command: executable(work, profile.name, connectorCommand(folder)),
          config,
          streams: first.streams.map(({ stream }) => stream.name),
          database,
          gates: [gate],
        },
        {
          cwd: work,
          onLine: (line) => {
            if (!line.startsWith('READ ')) return;
            seen += 1;
            if (seen > 1) return;
            profile.mutate(standIn);
            fs.writeFileSync(gate, '');
          },
        },
      );
      const [one, two] = reported<Reported>(ended, 'READ');
      const counts = (read: OwnRead): Readonly<Record<string, number>> =>
        Object.fromEntries([...read.records].map(([name, records]) => [name, records.length]));
      expect(one!.rows).toEqual(counts(first));
      expect(one!.processed).toBe(countOf(first));

      const second = await readOwn(profile, config, { ...INCREMENTAL, state: first.states });
      expect(two!.processed).toBe(countOf(second));
      expect(two!.processed).toBeGreaterThan(0);
      const file = new DuckdbFile(database);
      for (const configured of second.streams) {
        const { name } = configured.stream;
        const rows = (await file.rows('main', name)) ?? [];
        const records = [...(first.records.get(name) ?? []), ...(second.records.get(name) ?? [])];
        expect(differences(configured, records, rows)).toEqual([]);
        expect(two!.rows[name]).toBe(rows.length);
      }
    }, 240_000);
  });
});

function countOf(read: OwnRead): number {
  return [...read.records.values()].reduce((sum, records) => sum + records.length, 0);
}

type Row = Readonly<Record<string, unknown>>;

/** How the cache differs from records in the order in which they came: of each key it has to hold the last one. */
function differences(
  configured: ConfiguredStream,
  records: readonly JsonObject[],
  rows: readonly Row[],
): readonly string[] {
  const { name: stream, source_defined_primary_key: key = [] } = configured.stream;
  const wanted = new Map(records.map((data) => [keyOf(configured, data), data]));
  const found = new Map(
    rows.map((row) => [
      keyOf(configured, Object.fromEntries((key ?? []).map(([name = '']) => [name, row[columnOf(name)]]))),
      row,
    ]),
  );
  const problems = found.size === rows.length ? [] : [`${stream}: ${rows.length - found.size} rows twice`];
  for (const id of found.keys()) if (!wanted.has(id)) problems.push(`${stream}: ${id} never came`);
  for (const [id, data] of wanted) {
    const row = found.get(id);
    if (row === undefined) problems.push(`${stream}: ${id} is not there`);
    else problems.push(...valuesOf(stream, data, row));
  }
  return problems.slice(0, 10);
}

function valuesOf(stream: string, data: JsonObject, row: Row): readonly string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const cell = row[columnOf(name)];
    return isSame(value, cell) ? [] : [`${stream}.${name}: ${JSON.stringify(value)} is ${JSON.stringify(cell)}`];
  });
}

/** A column's name as PyAirbyte makes it. */
function columnOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9_]+/g, '_');
}
