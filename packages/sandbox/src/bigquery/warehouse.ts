import { joinRows, listRows, type RowSource } from './rows.js';
import { logicalBytes, type Row, type TableField } from './schema.js';

/** One version of a table. */
export interface TableVersion {
  readonly schema: readonly TableField[];
  readonly rows: RowSource;
  readonly modifiedMs: number;
}

/** Rows that are measured to tell a table's size; the rest is taken to be alike. */
const MEASURED_ROWS = 2_000;

/** A table with all its versions, so that a page token keeps showing the version it was made for. */
export class Table {
  readonly id: string;
  /** Differs between two tables that had the same name one after the other. */
  readonly incarnation: number;
  readonly createdMs: number;
  readonly #versions: TableVersion[];
  #bytesByColumn: { readonly version: number; readonly bytes: ReadonlyMap<string, number> } | undefined;

  constructor(id: string, incarnation: number, first: TableVersion) {
    this.id = id;
    this.incarnation = incarnation;
    this.createdMs = first.modifiedMs;
    this.#versions = [first];
  }

  /** Number of the newest version. */
  get versionNumber(): number {
    return this.#versions.length - 1;
  }

  /** The newest version, or a given one; undefined when there is no such version. */
  version(number = this.versionNumber): TableVersion | undefined {
    return this.#versions[number];
  }

  /** The newest version. */
  get current(): TableVersion {
    return this.#versions[this.versionNumber]!;
  }

  /** Adds rows behind the others. */
  append(rows: readonly Row[], nowMs: number): void {
    this.#push({ ...this.current, rows: joinRows(this.current.rows, listRows(rows)), modifiedMs: nowMs });
  }

  /** Replaces all rows. */
  replace(rows: RowSource, nowMs: number): void {
    this.#push({ ...this.current, rows, modifiedMs: nowMs });
  }

  /** Adds columns at the end. */
  addFields(fields: readonly TableField[], nowMs: number): void {
    this.#push({ ...this.current, schema: [...this.current.schema, ...fields], modifiedMs: nowMs });
  }

  /** Logical bytes of the given columns, or of all; from a sample when the table is large. */
  bytes(columns?: readonly string[]): number {
    const bytes = this.#measure();
    const names = columns ?? [...bytes.keys()];
    return Math.round(names.reduce((sum, name) => sum + (bytes.get(name) ?? 0), 0));
  }

  #measure(): ReadonlyMap<string, number> {
    if (this.#bytesByColumn?.version === this.versionNumber) return this.#bytesByColumn.bytes;
    const { schema, rows } = this.current;
    const measured = Math.min(rows.count, MEASURED_ROWS);
    const bytes = new Map(schema.map((field) => [field.name, 0]));
    for (const row of rows.rows(0, measured)) {
      for (const field of schema) {
        bytes.set(field.name, (bytes.get(field.name) ?? 0) + logicalBytes(field, row[field.name]));
      }
    }
    const factor = measured === 0 ? 1 : rows.count / measured;
    for (const [name, sum] of bytes) bytes.set(name, sum * factor);
    this.#bytesByColumn = { version: this.versionNumber, bytes };
    return bytes;
  }

  #push(version: TableVersion): void {
    this.#versions.push(version);
  }
}

/** Projects, datasets and tables. */
export class Warehouse {
  readonly #datasets = new Map<string, Map<string, Table>>();
  #incarnations = 0;

  /** Makes a dataset unless there is one. */
  createDataset(project: string, dataset: string): void {
    const key = `${project}:${dataset}`;
    if (!this.#datasets.has(key)) this.#datasets.set(key, new Map());
  }

  /** Whether a project has any dataset. */
  hasProject(project: string): boolean {
    return [...this.#datasets.keys()].some((key) => key.startsWith(`${project}:`));
  }

  /** Whether there is such a dataset. */
  hasDataset(project: string, dataset: string): boolean {
    return this.#datasets.has(`${project}:${dataset}`);
  }

  /** Makes a table, or a new one in place of an old one. The dataset is made when it is missing. */
  createTable(project: string, dataset: string, id: string, version: TableVersion): Table {
    this.createDataset(project, dataset);
    this.#incarnations += 1;
    const table = new Table(id, this.#incarnations, version);
    this.#datasets.get(`${project}:${dataset}`)!.set(id, table);
    return table;
  }

  /** A table, or undefined. */
  table(project: string, dataset: string, id: string): Table | undefined {
    return this.#datasets.get(`${project}:${dataset}`)?.get(id);
  }

  /** Tables of a dataset by name. */
  tables(project: string, dataset: string): Table[] {
    const tables = [...(this.#datasets.get(`${project}:${dataset}`)?.values() ?? [])];
    return tables.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Removes a table; false when there is none. */
  dropTable(project: string, dataset: string, id: string): boolean {
    return this.#datasets.get(`${project}:${dataset}`)?.delete(id) ?? false;
  }
}
