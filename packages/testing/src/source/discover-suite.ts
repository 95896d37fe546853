import fs from 'node:fs';
import type { AirbyteCatalog } from '@cuttle/protocol';
import { Ajv } from 'ajv';
import { expectGolden, readJson } from '../harness/golden.js';
import { messagesOf } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import { connectorFile } from '../harness/workspace.js';
import { SourceBench } from './bench.js';
import { catalogBreaks, keyProblems, streamProblems, typeProblems } from './catalog-rules.js';
import type { SourceProfile, StandIn } from './profile.js';

/** DISC: the answer of `discover`. */
export function discoverSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  let bench: SourceBench<S>;
  let catalog: AirbyteCatalog;
  beforeAll(async () => {
    bench = await SourceBench.open(profile);
    catalog = await bench.catalog();
  });
  afterAll(() => bench.close());
  const check = (id: string, title: string, run: () => void | Promise<void>) =>
    statement(id, title, profile.bypass, async () => run());

  check('DISC-01', 'exactly one CATALOG with streams of different names', async () => {
    const result = await bench.runWith('discover', bench.config);
    expect([result.exitCode, messagesOf(result, 'CATALOG').length]).toEqual([0, 1]);
    expect(catalog.streams.length).toBeGreaterThan(0);
    expect(new Set(catalog.streams.map(({ name, namespace }) => `${namespace ?? ''}.${name}`)).size).toBe(
      catalog.streams.length,
    );
  });

  check('DISC-02', 'schemas are draft 7, without references, open for new fields', () => {
    const ajv = new Ajv({ strict: false, logger: false });
    for (const { name, json_schema } of catalog.streams) {
      expect([name, ajv.validateSchema(json_schema), ajv.errors]).toEqual([name, true, null]);
    }
    expect(streamProblems(catalog)).toEqual([]);
  });

  check('DISC-03', 'cursors and keys are in the schemas; every stream has a sync mode', () => {
    expect(keyProblems(catalog)).toEqual([]);
    expect(catalog.streams.filter((stream) => (stream.source_defined_primary_key ?? []).length > 0).length).toBe(
      catalog.streams.length,
    );
  });

  check('DISC-04', 'types, formats and airbyte types are known and go together', () => {
    expect(typeProblems(catalog)).toEqual([]);
  });

  check('DISC-05', 'as checked in, and compatible with every released catalog', () => {
    expectGolden(connectorFile(profile.folder, 'test', 'golden', 'catalog.json'), sorted(catalog));
    const folder = connectorFile(profile.folder, 'test', 'released');
    const files = fs.readdirSync(folder).filter((name) => name.startsWith('catalog-'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect([file, catalogBreaks(readJson(`${folder}/${file}`) as AirbyteCatalog, catalog)]).toEqual([file, []]);
    }
  });

  check('DISC-06', 'two runs give the same bytes', async () => {
    const [one, two] = [await bench.runWith('discover', bench.config), await bench.runWith('discover', bench.config)];
    const text = (lines: readonly string[]) =>
      lines
        .filter((line) => line.includes('"CATALOG"'))
        .map((line) => JSON.stringify(sorted(JSON.parse(line).catalog)));
    expect(text(one.lines)).toEqual(text(two.lines));
    expect(text(one.lines)).toHaveLength(1);
  });
}

function sorted(catalog: AirbyteCatalog): AirbyteCatalog {
  return { ...catalog, streams: [...catalog.streams].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}
