import path from 'node:path';
import {
  ConfigError,
  type ConfiguredCatalog,
  type ConfiguredStream,
  type Generation,
  namespaceOf,
  streamLabel,
} from '@cuttle/protocol';
import {
  CONTROL_TABLE,
  Control,
  type ControlState,
  controlKey,
  controlState,
  controlTarget,
  type Fence,
  namesOf,
} from './control.js';
import type { Dialect, ExistingTable, Statement, TableColumns, TableName, TablePlan } from './dialect.js';
import { IntegerWidthError } from './engine.js';
import type { HeldSpace } from './held-space.js';
import { withWidths } from './integer-width.js';
import { SegmentWriter } from './segment-writer.js';
import { type Landing, StreamLoad } from './stream-load.js';
import { type SyncRule, syncRule } from './sync-rule.js';
import { fitSchema, mapNames, shortHash } from './table-names.js';
import { type DeleteMode, planTable } from './table-plan.js';
import { numberedRelation } from './table-relation.js';
import type { Warehouse } from './warehouse.js';

/**
 * Rows of a row group of DuckDB. Its threads read one file each, and a file that ends elsewhere leaves a part of a row
 * group behind, which closing the database would join with others by writing them again.
 */
const ROW_GROUP_RECORDS = 122_880;

/** How streams are opened. */
export interface OpenOptions {
  readonly catalog: ConfiguredCatalog;
  readonly warehouse: Warehouse;
  /** What the warehouse is to the user: a file, a database. */
  readonly place: string;
  /** Schema of streams without a namespace. */
  readonly defaultSchema: string;
  readonly deleteMode: DeleteMode;
  readonly folder: string;
  readonly openBytes: number;
  readonly held: HeldSpace;
  readonly memoryMb: number | undefined;
  /** For the user: a stream whose completeness cannot be known, what is not removed, a sync that follows an ended one. */
  readonly log: { readonly info: (message: string) => void; readonly warn: (message: string) => void };
}

/** A stream ready to be loaded. */
export interface OpenStream {
  readonly load: StreamLoad;
  readonly control: Control;
  /** Undefined under the plain rule. */
  readonly generation: Generation | undefined;
  /** An earlier attempt of this sync replaced the table: when nothing comes now, its rows stay. */
  readonly wasPlaced: boolean;
}

/** The tables of a schema as they are found. */
interface SchemaTables {
  readonly name: string;
  readonly control: Control;
  /** Whether the control table is there, and with it the schema. */
  readonly hasControl: boolean;
  readonly tables: ReadonlyMap<string, ExistingTable>;
  readonly rows: Awaited<ReturnType<Warehouse['query']>>;
}

/**
 * Makes the tables of all streams fit, settles what an earlier run left behind, and takes the fence of each table. One
 * metadata query and one transaction for each schema. Streams come in the order of the catalog.
 */
export async function openStreams(options: OpenOptions): Promise<readonly OpenStream[]> {
  const { catalog, warehouse } = options;
  const { names } = warehouse.dialect;
  const result = new Map<ConfiguredStream, OpenStream>();
  const following: string[] = [];
  for (const [schema, streams] of groupBySchema(options)) {
    const tables = await readSchema(schema, options);
    const tableNames = mapNames(
      streams.map(({ stream }) => stream.name),
      names,
      [CONTROL_TABLE],
      new Set(tables.tables.keys()),
    );
    const openAll = async (widensRetyped: boolean) => {
      const openings = streams.map((configured) => {
        const table = { schema, name: tableNames.get(configured.stream.name) as string };
        const index = catalog.streams.indexOf(configured);
        return new Opening(options, tables, configured, table, index, widensRetyped);
      });
      await warehouse.commit([
        ...(tables.hasControl ? [] : tables.control.create()),
        ...openings.flatMap((opening) => opening.fit()),
        tables.control.takeFences(openings.map((opening) => opening.fence())),
        ...openings.flatMap((opening) => opening.settle()),
        ...openings.flatMap((opening) => opening.cleanUp()),
      ]);
      return openings;
    };
    const openings = await openAll(false).catch((error: unknown) => {
      if (error instanceof IntegerWidthError) return openAll(true);
      throw error;
    });
    for (const [index, configured] of streams.entries()) {
      const opening = openings[index] as Opening;
      result.set(configured, opening.open());
      opening.warn();
      if (opening.rule.followsEndedSync) following.push(streamLabel(configured.stream));
    }
  }
  if (following.length > 0) options.log.info(followingMessage(following));
  return catalog.streams.map((configured) => result.get(configured) as OpenStream);
}

function followingMessage(streams: readonly string[]): string {
  return `The last sync of ${namesOf(streams)} ended, and syncs are not numbered (sync_id from 2 on): no row of this one counts as a replay, all are kept.`;
}

/** Streams by schema. Two namespaces that the warehouse takes for one schema are one group. */
function groupBySchema({ catalog, warehouse, defaultSchema }: OpenOptions): Map<string, ConfiguredStream[]> {
  const { names } = warehouse.dialect;
  const groups = new Map<string, { schema: string; streams: ConfiguredStream[] }>();
  for (const configured of catalog.streams) {
    const schema = fitSchema(namespaceOf(configured.stream) ?? defaultSchema, names);
    const group = groups.get(names.fold(schema)) ?? { schema, streams: [] };
    if (group.streams.some(({ stream }) => stream.name === configured.stream.name)) {
      throw new ConfigError(
        `Stream "${streamLabel(configured.stream)}" would go to the same table as another of its name in a namespace that differs in case only. Rename one, or give it a prefix.`,
        { code: 'TABLE_COLLISION', stream: configured.stream },
      );
    }
    group.streams.push(configured);
    groups.set(names.fold(schema), group);
  }
  return new Map([...groups.values()].map(({ schema, streams }) => [schema, streams]));
}

async function readSchema(schema: string, { warehouse, place }: OpenOptions): Promise<SchemaTables> {
  const control = new Control(schema, warehouse.dialect);
  const tables = await warehouse.describe(schema);
  const { names } = warehouse.dialect;
  const existing = findTable(tables, names.spell(CONTROL_TABLE), warehouse.dialect);
  const hasControl = existing !== undefined;
  if (hasControl) control.checkColumns(existing, place);
  const rows = hasControl ? await warehouse.query(control.select()) : [];
  return { name: schema, control, hasControl, tables, rows };
}

function findTable(tables: SchemaTables['tables'], name: string, dialect: Dialect): TableColumns | undefined {
  const folded = dialect.names.fold(name);
  for (const [table, { columns }] of tables) if (dialect.names.fold(table) === folded) return columns;
  return undefined;
}

/** What opening one stream takes. */
class Opening {
  readonly #options: OpenOptions;
  readonly #schema: SchemaTables;
  readonly #configured: ConfiguredStream;
  readonly #plan: TablePlan;
  readonly #final: TableColumns | undefined;
  readonly #known: ControlState;
  readonly #index: number;
  /** Which sync the input of this stream belongs to. */
  readonly rule: SyncRule;

  constructor(
    options: OpenOptions,
    schema: SchemaTables,
    configured: ConfiguredStream,
    table: TableName,
    index: number,
    widensRetyped: boolean,
  ) {
    const { dialect } = options.warehouse;
    this.#options = options;
    this.#schema = schema;
    this.#configured = configured;
    this.#final = findTable(schema.tables, table.name, dialect);
    const names = new Set(this.#final?.keys() ?? []);
    this.#plan = planTable(configured, table, dialect, options.deleteMode, names);
    this.#known = controlState(schema.rows, controlTarget(table));
    this.rule = syncRule(configured, this.#known, {
      hasTable: this.#final !== undefined,
      hasStaging: this.#hasStaging(),
    });
    this.#index = index;
    const keeps = (this.#stages && this.rule.keepsStaging) || this.#joinsStaging();
    const staging = keeps ? findTable(schema.tables, this.#sideTable('staging').name, dialect) : undefined;
    this.#plan = withWidths(this.#plan, dialect, [this.#final, staging], widensRetyped);
  }

  open(): OpenStream {
    const { folder, openBytes, held, memoryMb } = this.#options;
    const prefix = path.basename(`s${this.#index}`);
    const load = new StreamLoad({
      configured: this.#configured,
      plan: this.#plan,
      landing: this.#landing(),
      openTable: this.#sideTable('open'),
      batchTable: this.#sideTable('batch', `_${this.#known.attempt + 1}`),
      attempt: this.#known.attempt + 1,
      knownBatches: this.rule.knownBatches,
      writer: new SegmentWriter({ folder, prefix, segmentRecords: ROW_GROUP_RECORDS }),
      openBytes,
      held,
      memoryMb,
    });
    const { generation, wasPlaced } = this.rule;
    return { load, control: this.#schema.control, generation, wasPlaced };
  }

  fence(): Fence {
    return {
      target: controlTarget(this.#plan.table),
      attempt: this.#known.attempt + 1,
      generation: this.rule.generation?.id,
      syncId: this.#configured.sync_id ?? undefined,
    };
  }

  /** Makes all tables fit. Whatever is dropped here, nothing that was acknowledged stands in it. */
  fit(): readonly Statement[] {
    const { dialect } = this.#options.warehouse;
    const staging = this.#sideTable('staging');
    const existing = findTable(this.#schema.tables, staging.name, dialect);
    return [
      ...this.#dropIfThere(this.#sideTable('open')),
      ...this.#orphanBatches().map((table) => dialect.drop(table)),
      ...this.#fitted(this.#plan.table, this.#final),
      ...(this.#stages && !this.rule.keepsStaging ? this.#dropIfThere(staging) : []),
      ...(this.#stages ? this.#fitted(staging, this.rule.keepsStaging ? existing : undefined) : []),
      ...(this.#joinsStaging() ? this.#fitted(staging, existing) : []),
    ];
  }

  /** Rows and notes of an earlier attempt: those of a cancelled refresh join the table, what no longer holds goes. */
  settle(): readonly Statement[] {
    const { control } = this.#schema;
    const { dialect } = this.#options.warehouse;
    const target = controlTarget(this.#plan.table);
    const statements: Statement[] = [];
    if (this.rule.knownBatches.length < this.#known.batches.length) statements.push(control.forgetBatches(target));
    if (this.#stages && !this.rule.keepsStaging) {
      const held = this.rule.lands === 'in kept side table' ? this.rule.generation?.id : undefined;
      statements.push(...control.setGeneration(target, 'staging', held));
    }
    // All rows of a new table are of the generation that it begins with.
    if (this.rule.refusesTruncate && this.#final === undefined) {
      statements.push(...control.setGeneration(target, 'placed', this.rule.generation?.id));
    }
    statements.push(...this.#keyStatements());
    if (this.#joinsStaging()) {
      const kind = this.#plan.key.length > 0 ? 'upsert' : 'append';
      const rows = numberedRelation(this.#sideTable('staging'), this.#plan, dialect);
      statements.push(...dialect.load(kind, rows, this.#plan.table, this.#plan));
    }
    if (!this.#stages && this.#hasStaging()) statements.push(control.forget(target, 'staging'));
    return statements;
  }

  /** A table becomes one that is deduplicated by a key, or stops being so. */
  #keyStatements(): readonly Statement[] {
    const { control } = this.#schema;
    const target = controlTarget(this.#plan.table);
    const key = controlKey(this.#plan);
    if (this.#stages || key === this.#known.key) return [];
    if (key === undefined) return [control.forget(target, 'key')];
    const { dialect } = this.#options.warehouse;
    const distinct = this.#final === undefined ? [] : dialect.distinct(this.#plan.table, this.#plan);
    return [...distinct, ...control.setKey(target, key)];
  }

  cleanUp(): readonly Statement[] {
    return this.#stages ? [] : this.#dropIfThere(this.#sideTable('staging'));
  }

  get #stages(): boolean {
    return this.rule.lands !== 'in table';
  }

  #landing(): Landing {
    const kind = this.#configured.destination_sync_mode === 'append_dedup' ? 'upsert' : 'append';
    if (!this.#stages) return { kind, into: this.#plan.table, replace: 'never', isFresh: false, startsEmpty: false };
    return {
      kind,
      into: this.#sideTable('staging'),
      replace: this.rule.generation === undefined ? 'on state' : 'on complete',
      isFresh: this.rule.lands === 'in new side table',
      startsEmpty: !this.rule.keepsStaging,
    };
  }

  #sideTable(kind: 'open' | 'staging' | 'batch', suffix = ''): TableName {
    const { schema, name } = this.#plan.table;
    const { names } = this.#options.warehouse.dialect;
    return { schema, name: names.spell(`_cuttle_${kind}_${shortHash(JSON.stringify([schema, name]), 16)}${suffix}`) };
  }

  #fitted(table: TableName, existing: TableColumns | undefined): readonly Statement[] {
    const { dialect } = this.#options.warehouse;
    return existing === undefined ? dialect.create(table, this.#plan) : dialect.alter(existing, table, this.#plan);
  }

  /** Tables of batches that killed runs left behind. */
  #orphanBatches(): readonly TableName[] {
    const { schema, name } = this.#sideTable('batch', '_');
    return [...this.#schema.tables.keys()]
      .filter((table) => table.startsWith(name))
      .map((table) => ({ schema, name: table }));
  }

  #hasStaging(): boolean {
    return (
      findTable(this.#schema.tables, this.#sideTable('staging').name, this.#options.warehouse.dialect) !== undefined
    );
  }

  /** Rows of a refresh that was cancelled join the table; those of a failed overwrite under the plain rule go. */
  #joinsStaging(): boolean {
    return !this.#stages && this.#known.stagingGeneration !== undefined && this.#hasStaging();
  }

  #dropIfThere(table: TableName): readonly Statement[] {
    const { dialect } = this.#options.warehouse;
    return findTable(this.#schema.tables, table.name, dialect) === undefined ? [] : [dialect.drop(table)];
  }

  /** Says what the user may not expect of the rule that holds. */
  warn(): void {
    const { stream, minimum_generation_id: minimum, sync_id: syncId } = this.#configured;
    const { log } = this.#options;
    if (this.rule.refusesTruncate && this.#final !== undefined) {
      log.warn(
        `Stream "${streamLabel(stream)}": minimum_generation_id ${minimum} asks to remove older rows, but sync_id ${syncId} is the same in every sync of clients that do not number them. Nothing is removed, new rows are added. Choose overwrite to replace the table.`,
      );
    }
    if (this.#landing().replace !== 'on state' || stream.is_resumable !== true) return;
    log.warn(
      `Stream "${streamLabel(stream)}" may send states inside a full refresh. Without generation ids a source that dies right after such a state looks finished, and its part would replace the table.`,
    );
  }
}
