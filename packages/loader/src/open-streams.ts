import path from 'node:path';
import {
  ConfigError,
  type ConfiguredCatalog,
  type ConfiguredStream,
  type Generation,
  generationOf,
  streamLabel,
} from '@cuttle/protocol';
import { CONTROL_TABLE, Control, type ControlState, controlState, controlTarget } from './control.js';
import type { Dialect, Statement, TableColumns, TableName, TablePlan } from './dialect.js';
import { SegmentWriter } from './segment-writer.js';
import { type Landing, StreamLoad } from './stream-load.js';
import { fitName, mapNames, shortHash } from './table-names.js';
import { type DeleteMode, planTable } from './table-plan.js';
import { tableRelation } from './table-relation.js';
import type { Warehouse } from './warehouse.js';

/** How streams are opened. */
export interface OpenOptions {
  readonly catalog: ConfiguredCatalog;
  readonly warehouse: Warehouse;
  /** Schema of streams without a namespace. */
  readonly defaultSchema: string;
  readonly deleteMode: DeleteMode;
  readonly folder: string;
  readonly segmentBytes: number;
  readonly openBytes: number;
  /** For the user: a stream whose completeness cannot be known. */
  readonly warn: (message: string) => void;
}

/** A stream ready to be loaded. */
export interface OpenStream {
  readonly load: StreamLoad;
  readonly control: Control;
  /** Undefined under the plain rule. */
  readonly generation: Generation | undefined;
}

/** The tables of a schema as they are found. */
interface SchemaTables {
  readonly name: string;
  readonly control: Control;
  readonly tables: ReadonlyMap<string, TableColumns>;
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
  for (const [schema, streams] of groupBySchema(options)) {
    const tables = await readSchema(schema, warehouse);
    const tableNames = mapNames(
      streams.map(({ stream }) => stream.name),
      names,
      [CONTROL_TABLE],
      new Set(tables.tables.keys()),
    );
    const statements: Statement[] = [];
    for (const configured of streams) {
      const table = { schema, name: tableNames.get(configured.stream.name) as string };
      const opening = new Opening(options, tables, configured, table, catalog.streams.indexOf(configured));
      statements.push(...opening.statements());
      result.set(configured, opening.open());
    }
    await warehouse.commit([...tables.control.create(), ...statements]);
  }
  return catalog.streams.map((configured) => result.get(configured) as OpenStream);
}

/** Streams by schema. Two namespaces that the warehouse takes for one schema are one group. */
function groupBySchema({ catalog, warehouse, defaultSchema }: OpenOptions): Map<string, ConfiguredStream[]> {
  const { names } = warehouse.dialect;
  const groups = new Map<string, { schema: string; streams: ConfiguredStream[] }>();
  for (const configured of catalog.streams) {
    const schema = fitName(configured.stream.namespace ?? defaultSchema, names);
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

async function readSchema(schema: string, warehouse: Warehouse): Promise<SchemaTables> {
  const control = new Control(schema, warehouse.dialect);
  const tables = await warehouse.describe(schema);
  const rows = findTable(tables, CONTROL_TABLE, warehouse.dialect) ? await warehouse.query(control.select()) : [];
  return { name: schema, control, tables, rows };
}

function findTable(tables: SchemaTables['tables'], name: string, dialect: Dialect): TableColumns | undefined {
  const folded = dialect.names.fold(name);
  for (const [table, columns] of tables) if (dialect.names.fold(table) === folded) return columns;
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
  readonly #generation: Generation | undefined;
  readonly #index: number;

  constructor(
    options: OpenOptions,
    schema: SchemaTables,
    configured: ConfiguredStream,
    table: TableName,
    index: number,
  ) {
    const { dialect } = options.warehouse;
    this.#options = options;
    this.#schema = schema;
    this.#configured = configured;
    this.#final = findTable(schema.tables, table.name, dialect);
    this.#plan = planTable(configured, table, dialect, options.deleteMode, new Set(this.#final?.keys() ?? []));
    this.#known = controlState(schema.rows, controlTarget(table));
    this.#generation = generationOf(configured);
    this.#index = index;
  }

  open(): OpenStream {
    const { folder, segmentBytes, openBytes } = this.#options;
    const prefix = path.basename(`s${this.#index}`);
    const load = new StreamLoad({
      configured: this.#configured,
      plan: this.#plan,
      landing: this.#landing(),
      openTable: this.#sideTable('open'),
      attempt: this.#known.attempt + 1,
      knownBatches: this.#mayReplay() ? this.#known.batches : [],
      writer: new SegmentWriter({ folder, prefix, segmentBytes }),
      openBytes,
    });
    this.#warnOfHole();
    return { load, control: this.#schema.control, generation: this.#generation };
  }

  statements(): readonly Statement[] {
    const { control } = this.#schema;
    const target = controlTarget(this.#plan.table);
    const attempt = this.#known.attempt + 1;
    return [
      ...control.takeFence(target, attempt, this.#generation?.id, this.#configured.sync_id ?? undefined),
      ...(this.#mayReplay() ? [] : [control.forgetBatches(target)]),
      ...this.#dropIfThere(this.#sideTable('open')),
      ...this.#fit(this.#plan.table, this.#final),
      ...(this.#stages() ? this.#prepareStaging() : this.#settleStaging()),
    ];
  }

  /**
   * A truncating stream is loaded beside its table, unless this very generation was put in place before: then the run
   * that did so was killed before it could tell, and what follows are more rows of the same generation.
   */
  #stages(): boolean {
    if (this.#generation === undefined) return this.#configured.destination_sync_mode === 'overwrite';
    const { minimum } = this.#generation;
    const placed = this.#known.placedGeneration;
    return minimum > 0 && !(placed !== undefined && placed >= minimum && this.#final !== undefined);
  }

  #landing(): Landing {
    const kind = this.#configured.destination_sync_mode === 'append_dedup' ? 'upsert' : 'append';
    if (!this.#stages()) return { kind, into: this.#plan.table, replace: 'never' };
    return {
      kind,
      into: this.#sideTable('staging'),
      replace: this.#generation === undefined ? 'on state' : 'on complete',
    };
  }

  /** Batches of an earlier attempt can only come again while its sync is not over and its rows are still there. */
  #mayReplay(): boolean {
    if (this.#final === undefined || (this.#stages() && !this.#keepsStaging())) return false;
    const { generation, syncId } = this.#known;
    return generation === this.#generation?.id && syncId === (this.#configured.sync_id ?? undefined);
  }

  #sideTable(kind: 'open' | 'staging'): TableName {
    const { schema, name } = this.#plan.table;
    return { schema, name: `_cuttle_${kind}_${shortHash(JSON.stringify([schema, name]), 16)}` };
  }

  #fit(table: TableName, existing: TableColumns | undefined): readonly Statement[] {
    const { dialect } = this.#options.warehouse;
    return existing === undefined ? dialect.create(table, this.#plan) : dialect.alter(existing, table, this.#plan);
  }

  /** Whether the staging table holds acknowledged rows of this generation. Under the plain rule it never counts. */
  #keepsStaging(): boolean {
    const { dialect } = this.#options.warehouse;
    const held = this.#known.stagingGeneration;
    if (this.#generation === undefined || held === undefined || held < this.#generation.minimum) return false;
    return findTable(this.#schema.tables, this.#sideTable('staging').name, dialect) !== undefined;
  }

  /** Keeps the acknowledged rows of an earlier attempt of this generation, else begins with an empty table. */
  #prepareStaging(): readonly Statement[] {
    const { dialect } = this.#options.warehouse;
    const { control } = this.#schema;
    const staging = this.#sideTable('staging');
    const existing = findTable(this.#schema.tables, staging.name, dialect);
    if (existing !== undefined && this.#keepsStaging()) return dialect.alter(existing, staging, this.#plan);
    return [
      ...this.#dropIfThere(staging),
      ...dialect.create(staging, this.#plan),
      ...control.setGeneration(controlTarget(this.#plan.table), 'staging', this.#generation?.id),
    ];
  }

  /** Rows of a refresh that was cancelled join the table; those of a failed overwrite under the plain rule go. */
  #settleStaging(): readonly Statement[] {
    const { dialect } = this.#options.warehouse;
    const staging = this.#sideTable('staging');
    const existing = findTable(this.#schema.tables, staging.name, dialect);
    if (existing === undefined) return [];
    const forget = this.#schema.control.forget(controlTarget(this.#plan.table), 'staging');
    if (this.#known.stagingGeneration === undefined) return [dialect.drop(staging), forget];
    const kind = this.#plan.key.length > 0 ? 'upsert' : 'append';
    const rows = tableRelation(staging, this.#plan, dialect);
    return [
      ...dialect.alter(existing, staging, this.#plan),
      ...dialect.load(kind, rows, this.#plan.table, this.#plan),
      dialect.drop(staging),
      forget,
    ];
  }

  #dropIfThere(table: TableName): readonly Statement[] {
    const { dialect } = this.#options.warehouse;
    return findTable(this.#schema.tables, table.name, dialect) === undefined ? [] : [dialect.drop(table)];
  }

  #warnOfHole(): void {
    const { stream } = this.#configured;
    if (this.#landing().replace !== 'on state' || stream.is_resumable !== true) return;
    this.#options.warn(
      `Stream "${streamLabel(stream)}" may send states inside a full refresh. Without generation ids a source that dies right after such a state looks finished, and its part would replace the table.`,
    );
  }
}
