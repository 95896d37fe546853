import { syncWordOf } from '@cuttle/gitops';
import { isJsonObject, type Json } from '@cuttle/protocol';
import { visible } from '../../terminal-text.js';

/** Longest value that is written out, in characters. */
const MAX_VALUE = 48;

/** Name of a value as the documents spell it. */
export function fieldLabel(field: string): string {
  if (field === 'key') return 'primaryKey';
  if (field === 'mappers') return 'transform';
  return visible(field.replace(/^config\./, ''));
}

/** A value on one line, cut when it is long. */
export function valueText(field: string, value: Json): string {
  if (field === 'sync') return syncWordOf(String(value));
  if (field === 'mappers' && Array.isArray(value)) {
    return value.length === 0 ? 'none' : value.map((text) => mapperLabel(String(text))).join(', ');
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : cut(value.map(plain).join(', '));
  return cut(plain(value));
}

/** `hashing {"targetField":"email",...}` -> `hashing email (SHA-256)`. */
function mapperLabel(text: string): string {
  const space = text.indexOf(' ');
  const config: unknown = JSON.parse(text.slice(space + 1));
  const { targetField, originalFieldName, newFieldName, conditions, method, algorithm } = isJsonObject(config)
    ? config
    : {};
  const field = targetField ?? originalFieldName ?? (conditions === undefined ? '' : plain(conditions));
  const how = method ?? algorithm ?? (newFieldName === undefined ? undefined : `to ${String(newFieldName)}`);
  return `${text.slice(0, space)} ${cut(String(field))}${how === undefined ? '' : ` (${String(how)})`}`;
}

function plain(value: Json): string {
  if (typeof value === 'string') return value === '' ? '""' : visible(value);
  return JSON.stringify(value);
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_VALUE ? text : `${characters.slice(0, MAX_VALUE - 1).join('')}…`;
}
