import type { Cell, QueryResult } from '@cuttle/warehouse';

/** Text for HTML, also inside attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A value for a person: `1,234.50`, `-` for nothing. */
export function shown(value: Cell, digits?: number): string {
  if (value === null) return '-';
  if (typeof value !== 'number') return String(value);
  const fixed = digits === undefined ? String(value) : value.toFixed(digits);
  const [whole = '', ...rest] = fixed.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...rest].join('.');
}

/** All rows as CSV (RFC 4180). Texts that a spreadsheet would take for a formula get a quote before them. */
export function csv({ columns, rows }: QueryResult): string {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(csvCell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/**
 * What a spreadsheet may take for a formula: a sign, also a full-width one, behind whatever it passes over (blanks,
 * controls, invisible characters), or a cell that begins with a tab or a line break.
 */
const FORMULA = /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20])/u;

function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = FORMULA.test(value) && !/^-?[0-9.]+$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
