import type { ColumnType } from './types.js';

/** A column as it was declared. */
export interface ColumnInfo {
  readonly name: string;
  readonly type: ColumnType;
  isRequired: boolean;
}

/** A table as it was declared; the rows are the engine's. */
export interface TableInfo {
  columns: ColumnInfo[];
  readonly isTransient: boolean;
  comment: string | undefined;
  /** Files that COPY loaded, as path and checksum. It goes with the table. */
  readonly loadedFiles: Set<string>;
}

/** Schemas, tables and stages of one database. */
export class Catalog {
  readonly schemas = new Map<string, Map<string, TableInfo>>();
  /** Stages by schema and name; each is a folder. */
  readonly stages = new Map<string, string>();

  table(schema: string, name: string): TableInfo | undefined {
    return this.schemas.get(schema)?.get(name);
  }

  stage(schema: string, name: string): string | undefined {
    return this.stages.get(JSON.stringify([schema, name]));
  }
}
