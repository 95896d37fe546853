/**
 * A field's type in Bubble's words: text, number, date, boolean, image, file, geographic_address, user,
 * `option.<set>`, `custom.<type>`, and `list.` before any of them.
 */
export type FieldType = string;

/** A field of a type, as its editor made it. */
export interface BubbleField {
  /** Database id; ends in the type (`price_number`, `interest_list_custom_category`). */
  readonly id: string;
  /** Name in the editor: any text. */
  readonly display: string;
  readonly type: FieldType;
}

/** What a token without administrator rights may see. */
export interface Privacy {
  /** "Find this in searches": without it a list is empty. Default true. */
  readonly isFindable?: boolean;
  /** Ids of fields that are not shown. Default none. */
  readonly hiddenFields?: readonly string[];
}

/** A data type of the app. */
export interface BubbleType {
  /** Name in URLs: the editor's name in lower case without spaces. */
  readonly name: string;
  readonly display: string;
  readonly fields: readonly BubbleField[];
  /** Whether the type is ticked in the API settings. Default true. */
  readonly isExposed?: boolean;
  readonly privacy?: Privacy;
}

/** One value of an option set: shown as display text or, in id mode, as slug. */
export interface OptionValue {
  readonly slug: string;
  readonly display: string;
}

/** The app's option sets by name. */
export type OptionSets = Readonly<Record<string, readonly OptionValue[]>>;

/** `display` shows field names and option texts of the editor, `id` shows database ids and slugs. */
export type KeyStyle = 'display' | 'id';

/** Fields that every type has; they are written alike in both key styles. */
export const BUILT_IN_FIELDS: readonly BubbleField[] = [
  { id: '_id', display: '_id', type: 'text' },
  { id: 'Created Date', display: 'Created Date', type: 'date' },
  { id: 'Modified Date', display: 'Modified Date', type: 'date' },
  { id: 'Created By', display: 'Created By', type: 'user' },
  { id: 'Slug', display: 'Slug', type: 'text' },
];

/**
 * A field with the database id that Bubble would give it: the name's letters and digits, then the type.
 *
 * @param suffix makes ids of equal names differ, as Bubble does with a number
 */
export function field(display: string, type: FieldType, suffix = ''): BubbleField {
  const stem = display.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return { id: `${stem}${suffix}_${type.replaceAll('.', '_')}`, display, type };
}

/** Whether a field holds a list. */
export function isList(type: FieldType): boolean {
  return type.startsWith('list.');
}

/** The element type of a list, or the type itself. */
export function elementType(type: FieldType): FieldType {
  return isList(type) ? type.slice('list.'.length) : type;
}
