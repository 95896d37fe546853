import { isJsonObject, type JsonObject, type JsonSchema } from '@cuttle/protocol';

/** Whether a column of the stream is selected; a schema without properties selects all. */
export type IsSelected = (column: string) => boolean;

/** What a configured stream's schema selects: platforms leave deselected columns out of it. */
export function selectionOf({ properties }: JsonSchema): IsSelected {
  if (!isJsonObject(properties) || Object.keys(properties).length === 0) return () => true;
  return (column) => Object.hasOwn(properties, column);
}

/** A record whose lost columns are null, as its changes say. */
export function withNulls(record: JsonObject, columns: readonly string[]): JsonObject {
  return { ...record, ...Object.fromEntries(columns.map((column) => [column, null])) };
}
