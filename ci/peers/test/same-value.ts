import { canonicalJson, type Json } from '@cuttle/protocol';

/** Whether a cell holds the value, whatever type its column has. */
export function isSame(value: Json, cell: unknown): boolean {
  if (value === null) return cell == null;
  if (cell == null) return false;
  if (typeof value === 'boolean' || typeof value === 'number') return Number(value) === Number(cell);
  if (typeof value === 'string') {
    if (value === String(cell)) return true;
    if (/^\d{4}-\d{2}-\d{2}/.test(value)) return instant(value) === instant(String(cell));
    return value !== '' && Number(value) === Number(cell);
  }
  const held: unknown = typeof cell === 'string' ? JSON.parse(cell) : cell;
  return canonicalJson(held as Json) === canonicalJson(value);
}

function instant(text: string): number {
  const iso = text.replace(' ', 'T').replace(/(\.\d{3})\d+/, '$1');
  return Date.parse(/([zZ]|[+-]\d{2}(:?\d{2})?)$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
}
