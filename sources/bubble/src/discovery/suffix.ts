const SCALARS = 'text|number|date|boolean|image|file|user|geographic_address|date_range|number_range|date_interval';
// With the s flag a name runs to the end at the first try; without it, line breaks would make the search quadratic.
const LIST = new RegExp(`_list_(?:(${SCALARS})|(custom|option)_(.+))$`, 's');
const REFERENCE = /_(custom|option)_(.+)$/s;
const SINGLE = new RegExp(`_(${SCALARS})$`);

/**
 * The type that a database id ends in, in Bubble's words: `nome_text` is a text, `obra_custom_obra` an `obra`,
 * `tags_list_option_os_tag` a list of options. Undefined for a key without such an ending.
 */
export function typeOfSuffix(id: string): string | undefined {
  const list = LIST.exec(id);
  if (list !== null) return `list.${list[1] ?? `${list[2]}.${list[3]}`}`;
  const single = SINGLE.exec(id);
  if (single !== null && !/_(custom|option)_[^_]+$/.test(id)) return single[1];
  const reference = REFERENCE.exec(id);
  return reference === null ? undefined : `${reference[1]}.${reference[2]}`;
}
