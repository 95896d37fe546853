/** A field of a type as the source knows it. */
export interface FieldInfo {
  /** Key under which the API gives the field. */
  readonly key: string;
  /** Name in our records: the key, or a name of its own where two keys would collide in a warehouse. */
  readonly name: string;
  /**
   * The field's type in Bubble's words (`text`, `date`, `list.custom.category`, ...). `string` is a text of which
   * Bubble did not say more, `unknown` anything.
   */
  readonly type: string;
}

/** A data type of the app. */
export interface TypeInfo {
  /** As it stands in API addresses. */
  readonly name: string;
  /** Sorted by nothing: in the order that the app gives. */
  readonly fields: readonly FieldInfo[];
}

/** Fields before names are settled. */
export type RawField = Omit<FieldInfo, 'name'>;

const LIST = 'list.';

/** Whether a Bubble type is a list. */
export function isListType(type: string): boolean {
  return type.startsWith(LIST);
}

/** Type of a list's elements, or the type itself. */
export function elementType(type: string): string {
  return isListType(type) ? type.slice(LIST.length) : type;
}

/** Whether values of a type are addresses of files. */
export function isFileType(type: string): boolean {
  const element = elementType(type);
  return element === 'image' || element === 'file';
}
