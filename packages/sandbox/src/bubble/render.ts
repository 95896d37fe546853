import { type BubbleField, type BubbleType, elementType, type KeyStyle, type OptionSets } from './schema.js';
import type { Thing } from './thing-table.js';

/** How things are shown. */
export interface RenderOptions {
  readonly keyStyle: KeyStyle;
  readonly optionSets: OptionSets;
  /** Ids of fields that the reader may not see. */
  readonly hiddenFields: readonly string[];
}

/** A thing as the Data API shows it: empty fields are absent, dates are ISO texts with milliseconds and Z. */
export function renderThing(thing: Thing, type: BubbleType, options: RenderOptions): Record<string, unknown> {
  const shown: Record<string, unknown> = {
    'Modified Date': new Date(thing.modifiedMs).toISOString(),
    'Created Date': new Date(thing.createdMs).toISOString(),
  };
  if (thing.createdBy !== undefined) shown['Created By'] = thing.createdBy;
  if (thing.slug !== undefined) shown['Slug'] = thing.slug;
  for (const field of type.fields) {
    const value = thing.values[field.id];
    if (value === undefined || options.hiddenFields.includes(field.id)) continue;
    shown[options.keyStyle === 'id' ? field.id : field.display] = renderValue(value, field, options);
  }
  shown['_id'] = thing.id;
  return shown;
}

function renderValue(value: unknown, field: BubbleField, options: RenderOptions): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((element: unknown) => renderValue(element, field, options));
  const type = elementType(field.type);
  if (type === 'date' && typeof value === 'number') return new Date(value).toISOString();
  if (!type.startsWith('option.') || options.keyStyle === 'id') return value;
  const set = options.optionSets[type.slice('option.'.length)] ?? [];
  return set.find((option) => option.slug === value)?.display ?? value;
}
