import type { JsonSchema } from '@cuttle/protocol';
import { selectionOf } from '../columns.js';
import { type EntityDefinition, entityFields } from './entity-definitions.js';

/** The column with the picture behind `thumbnail_url`. */
export const THUMBNAIL = 'thumbnail_data_url';

/** The columns of a stream of objects as a user selected them. */
export interface EntityColumns {
  /** Fields to ask for: what is selected, and what that is made of. */
  readonly asked: readonly string[];
  /** Those of the key and the cursor. */
  readonly required: readonly string[];
  /** Those that are asked for but not selected. */
  readonly hidden: ReadonlySet<string>;
  readonly hasThumbnails: boolean;
}

/**
 * The columns of a stream.
 *
 * @param schema that of the configured stream
 * @param canHaveThumbnails whether the config asks for the pictures of this stream
 */
export function entityColumns(
  definition: EntityDefinition,
  schema: JsonSchema,
  canHaveThumbnails: boolean,
): EntityColumns {
  const isSelected = selectionOf(schema);
  const { cursor, lacksId, lacksAccount } = definition;
  const required = [...(lacksId ? [] : ['id']), ...(cursor === undefined ? [] : [cursor])];
  const hasThumbnails = canHaveThumbnails && isSelected(THUMBNAIL);
  // An id that is made of the content needs all of it: without a column it would be another one.
  const isNeeded = (name: string): boolean =>
    lacksId === true || required.includes(name) || (hasThumbnails && name === 'thumbnail_url');
  const asked = [...entityFields(definition).keys()]
    .filter((name) => !(lacksId && name === 'id') && !(lacksAccount && name === 'account_id'))
    .filter((name) => isSelected(name) || isNeeded(name));
  const hidden = new Set(asked.filter((name) => !isSelected(name) && !required.includes(name)));
  return { asked, required, hidden, hasThumbnails };
}

/** Columns that records lack because Meta refused fields. The account is known without Meta. */
export function lostColumns({ hidden, hasThumbnails }: EntityColumns, refused: readonly string[]): readonly string[] {
  const own = refused.filter((field) => field !== 'account_id' && !hidden.has(field));
  return hasThumbnails && refused.includes('thumbnail_url') ? [...own, THUMBNAIL] : own;
}
