import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { createLogger, MessageWriter, Secrets } from '@cuttle/airbyte-cdk';
import { Engine, literal, loadStreams, STAGING_PLACEHOLDER } from '@cuttle/loader';
import type { ConfiguredStream } from '@cuttle/protocol';
import { DuckdbWarehouse, type DuckdbWarehouseOptions } from '../src/duckdb-warehouse.js';

/** How {@link loadDirectly} loads. */
export interface DirectLoad {
  /** Folder for the database file `w.duckdb` and for staging; the caller removes it. */
  readonly folder: string;
  readonly streams: readonly ConfiguredStream[];
  readonly lines: Iterable<string> | AsyncIterable<string>;
  /** Bytes of input that make a commit; half of it that goes to the side table before its state has come. */
  readonly commitBytes: number;
  readonly deleteMode?: 'hard' | 'soft';
  readonly takesSmallBatches?: boolean;
  readonly openWarehouse?: (options: DuckdbWarehouseOptions) => DuckdbWarehouse;
}

/** What a load did. */
export interface DirectResult {
  /** What it ended with, undefined when it ended well. */
  readonly failure: unknown;
  /** All statements of the engine in order, without what differs from run to run but for names of staging folders. */
  readonly statements: readonly string[];
}

/** Loads lines with the limits that a test needs, which no config takes: the input is read a line at a time. */
export async function loadDirectly(load: DirectLoad): Promise<DirectResult> {
  const { streams, lines, commitBytes, deleteMode = 'hard', takesSmallBatches = true } = load;
  const file = join(load.folder, 'w.duckdb');
  const folder = mkdtempSync(join(load.folder, 'staging-'));
  const statements: string[] = [];
  const masked = (sql: string) =>
    sql
      .replaceAll(folder, STAGING_PLACEHOLDER)
      .replaceAll(literal(file), literal('<database file>'))
      .replaceAll(/'fence', (\d+), -\d+/g, `'fence', $1, -1`)
      .replaceAll(/#[0-9a-f]{12}:/g, '#<random mark>:');
  const engine = await Engine.open({ folder, onStatement: (sql) => statements.push(masked(sql)) });
  const { signal } = new AbortController();
  const { openWarehouse = (options) => new DuckdbWarehouse(options) } = load;
  const warehouse = openWarehouse({ engine, file, waitMs: 1000, signal });
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const writer = new MessageWriter({ output, secrets: new Secrets(), clock: Date.now });
  const stdin = Readable.from(chunksOf(lines), { highWaterMark: 1 });
  const log = createLogger(writer, false);
  try {
    const failure: unknown = await loadStreams({
      invocation: { catalog: { streams }, stdin, writer, log, signal, clock: Date.now },
      warehouse,
      engine,
      folder,
      place: 'a test',
      defaultSchema: 'main',
      deleteMode,
      limits: { commitBytes, commitMs: 600_000, maxLineBytes: 1_000_000 },
      takesSmallBatches,
    }).catch((error: unknown) => error);
    return { failure, statements };
  } finally {
    await writer.end();
    await warehouse.close();
  }
}

async function* chunksOf(lines: DirectLoad['lines']): AsyncGenerator<Buffer> {
  for await (const line of lines) yield Buffer.from(`${line}\n`);
}
