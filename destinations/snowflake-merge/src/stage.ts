import fs from 'node:fs';
import path from 'node:path';
import { type Engine, qualified, type Row, type Staged, type StagedLoad } from '@cuttle/loader';
import { mapInSlots, SystemError } from '@cuttle/protocol';
import { writeParquet } from './parquet-files.js';
import type { SnowflakeDialect } from './snowflake-dialect.js';
import {
  batchFolder,
  batchRelation,
  copyFiles,
  createBatchTable,
  putFile,
  removeFolder,
  stageIn,
  targetFolder,
} from './stage-sql.js';

/** What staging takes. */
export interface StageOptions {
  readonly engine: Engine;
  readonly dialect: SnowflakeDialect;
  /** Folder for Parquet files. */
  readonly folder: string;
  /** Runs a statement that may be repeated. */
  readonly run: (sql: string) => Promise<{ readonly rows: readonly Row[] }>;
}

/** Files that are uploaded at once: each takes a connection, and a part of it stands in memory. */
const UPLOADS = 4;

/**
 * The way of a batch into Snowflake: Parquet files made by the engine, PUT to a stage of ours in the target's schema, one
 * COPY into the batch table. No name of a file is used twice, so COPY loads each of them once.
 */
export class Stage {
  readonly #options: StageOptions;
  readonly #schemas = new Set<string>();
  readonly #tables = new Map<string, number>();

  constructor(options: StageOptions) {
    this.#options = options;
  }

  /** Quoted names of the batch tables that were made. */
  get tables(): readonly string[] {
    return [...this.#tables.keys()];
  }

  async load(load: StagedLoad): Promise<Staged> {
    const { engine, dialect } = this.#options;
    const batch = await this.#begin(load);
    const folder = path.join(this.#options.folder, `${load.batchTable.name}-${batch}`);
    try {
      const { names, keys } = await writeParquet(engine, load, folder, dialect.numberType);
      const source = batchFolder(load.batchTable, batch);
      await this.#upload(folder, names, source);
      await this.#copy(load, names, source, batch);
      return { sql: batchRelation(load, dialect, batch), keys, release: async () => undefined };
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Makes what the first batch of a schema and of a table needs, removes files of killed runs, and numbers the batch. */
  async #begin(load: StagedLoad): Promise<number> {
    const { dialect, run } = this.#options;
    const { schema } = load.batchTable;
    const table = qualified(load.batchTable, dialect);
    if (!this.#schemas.has(schema)) await run(`create stage if not exists ${stageIn(schema)}`);
    this.#schemas.add(schema);
    if (!this.#tables.has(table)) {
      await run(removeFolder(targetFolder(load.batchTable)));
      await run(createBatchTable(load, dialect));
    }
    const batch = (this.#tables.get(table) ?? 0) + 1;
    this.#tables.set(table, batch);
    return batch;
  }

  /** A PUT can fail without an error, so only files that are said to be uploaded count. */
  async #upload(folder: string, names: readonly string[], target: string): Promise<void> {
    await mapInSlots(names, UPLOADS, async (name) => {
      const { rows } = await this.#options.run(putFile(path.join(folder, name), target));
      const isThere = rows.some((row) => row.includes('UPLOADED') || row.includes('SKIPPED'));
      if (!isThere) throw new SystemError('A staging file could not be uploaded.', { code: 'UPLOAD_FAILED' });
    });
  }

  /**
   * A COPY that is run again because its answer was lost loads nothing or does not find its files, which are removed once
   * they are loaded: the rows are counted then.
   */
  async #copy(load: StagedLoad, files: readonly string[], source: string, batch: number): Promise<void> {
    const { dialect, run } = this.#options;
    const copied = await run(copyFiles(load, dialect, { files, source, batch })).catch((error: unknown) => {
      if (error instanceof SystemError) return error;
      throw error;
    });
    // Answer of COPY: file, status, rows parsed, rows loaded.
    const told = copied instanceof SystemError ? 0 : copied.rows.reduce((sum, row) => sum + Number(row[3] ?? 0), 0);
    if (told === load.records) return;
    const count = `select count(*) from ${qualified(load.batchTable, dialect)} where BATCH = ${batch}`;
    const found = Number((await run(count)).rows[0]?.[0]);
    if (found === load.records) return;
    if (copied instanceof SystemError) throw copied;
    throw new SystemError(`COPY loaded ${found} of ${load.records} rows of a batch; nothing of it was merged.`, {
      code: 'COPY_INCOMPLETE',
    });
  }
}
