import { visible } from '../terminal-text.js';

/** A column of a text table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Longest cell in characters; longer ones are cut. */
  readonly maxWidth?: number;
}

/**
 * Rows as a table of plain text, two spaces between columns, a line under the titles. Line breaks and control characters
 * in cells are shown as `\n` and the like, so that data cannot move the cursor.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map((column) => column.title), ...rows].map((row) =>
    columns.map((column, index) => cut(visible(row[index] ?? ''), column.maxWidth ?? 60)),
  );
  const widths = columns.map((_column, index) => Math.max(...cells.map((row) => widthOf(row[index]!))));
  const lines = cells.map((row) =>
    row
      .map((cell, index) => pad(cell, widths[index]!, columns[index]!.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return `${[lines[0], rule, ...lines.slice(1)].join('\n')}\n`;
}

/** A message of several lines, those behind the first one set in: none can pass for a line of ours. */
export function indented(text: string): string {
  return text.split(/\r?\n/).join('\n  ');
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

function widthOf(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(width - widthOf(text));
  return align === 'left' ? text + space : space + text;
}
