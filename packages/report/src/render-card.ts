import type { Cell, QueryResult } from '@cuttle/warehouse';
import type { CardDefinition } from './definition.js';
import { renderChart } from './render-chart.js';
import { csv, escapeHtml, shown } from './text.js';

/** Width of the page that charts are drawn for, in pixels, and of a narrow one. */
const PAGE_WIDTH = 1240;
const NARROW_WIDTH = 340;

/** Rows put into a table; the CSV has all of them. */
const TABLE_ROWS = 200;

/** The card as an HTML section. Without rows it says so. */
export async function renderCard(card: CardDefinition, result: QueryResult): Promise<string> {
  const body = result.rows.length === 0 ? '<p class="none">No rows.</p>' : await bodyOf(card, result);
  const description = card.description === undefined ? '' : `<p class="about">${escapeHtml(card.description)}</p>`;
  return [
    `<section class="card ${card.type}" id="${escapeHtml(card.id)}" style="--columns: ${card.width}">`,
    `<h2>${escapeHtml(card.title)}</h2>${description}`,
    body,
    result.rows.length === 0 ? '' : numbersOf(card, result),
    '</section>',
  ].join('\n');
}

/** In the place of a card that cannot be shown: why. */
export function renderFailure(card: CardDefinition, reason: string): string {
  return [
    `<section class="card failed" id="${escapeHtml(card.id)}" style="--columns: ${card.width}">`,
    `<h2>${escapeHtml(card.title)}</h2>`,
    `<p class="none">${escapeHtml(reason)}</p>`,
    '</section>',
  ].join('\n');
}

async function bodyOf(card: CardDefinition, result: QueryResult): Promise<string> {
  switch (card.type) {
    case 'vega':
      return chartOf(card, result);
    case 'bignumber':
      return bigNumberOf(card, result);
    case 'table':
      return `<div class="scroll">${tableOf(result)}</div>`;
    default: {
      const missing: never = card.type;
      return missing;
    }
  }
}

/** Drawn twice: a chart for a wide page is not to be read on a telephone. */
async function chartOf(card: CardDefinition, result: QueryResult): Promise<string> {
  const width = Math.round((PAGE_WIDTH * card.width) / 12) - 48;
  const wide = await renderChart(card.spec, result, { width, height: card.height });
  const narrow = await renderChart(card.spec, result, { width: NARROW_WIDTH, height: card.height });
  const label = escapeHtml(card.title);
  return `<div class="wide" role="img" aria-label="${label}">${wide}</div>\n<div class="narrow" aria-hidden="true">${narrow}</div>`;
}

/** The value of the last period, its change against the period before, and all periods as a line. */
async function bigNumberOf(card: CardDefinition, result: QueryResult): Promise<string> {
  const [period = null, value = null] = result.rows.at(-1) ?? [];
  const previous = result.rows.at(-2)?.[1] ?? null;
  const unit = card.unit === '' ? '' : ` <span class="unit">${escapeHtml(card.unit)}</span>`;
  const [x, y] = result.columns.map(({ name }) => name);
  const spec = {
    mark: { type: 'line', interpolate: 'monotone' },
    encoding: {
      x: { field: x, type: 'ordinal', axis: null },
      y: { field: y, type: 'quantitative', axis: null, scale: { zero: false } },
    },
  };
  const trend = result.rows.length < 2 ? '' : await renderChart(spec, result, { width: 240, height: 44 });
  return [
    `<p class="value">${escapeHtml(shown(value, card.digits))}${unit}</p>`,
    `<p class="change">${escapeHtml(changeOf(value, previous))}<span class="period">${escapeHtml(shown(period))}</span></p>`,
    `<div class="trend" aria-hidden="true">${trend}</div>`,
  ].join('\n');
}

function changeOf(value: Cell, previous: Cell): string {
  if (typeof value !== 'number' || typeof previous !== 'number' || previous === 0) return '';
  const percent = ((value - previous) / Math.abs(previous)) * 100;
  const text = Math.abs(percent).toFixed(1);
  const arrow = text === '0.0' ? '=' : percent < 0 ? '▼' : '▲';
  return `${arrow} ${text} % `;
}

function numbersOf(card: CardDefinition, result: QueryResult): string {
  const data = Buffer.from(csv(result)).toString('base64');
  const link = `<a download="${escapeHtml(card.id)}.csv" href="data:text/csv;charset=utf-8;base64,${data}">CSV</a>`;
  if (card.type === 'table') return `<p class="numbers">${link}</p>`;
  return `<details class="numbers"><summary>Numbers</summary>${link}<div class="scroll">${tableOf(result)}</div></details>`;
}

function tableOf({ columns, rows }: QueryResult): string {
  const head = columns.map(({ name, kind }) => `<th class="${kind}">${escapeHtml(name.replaceAll('_', ' '))}</th>`);
  const lines = rows
    .slice(0, TABLE_ROWS)
    .map((row) => `<tr>${row.map((value, index) => cellOf(value, columns[index]!.kind)).join('')}</tr>`);
  const more = rows.length - lines.length;
  const note = more === 0 ? '' : `<p class="about">${more} more rows are in the CSV.</p>`;
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${lines.join('\n')}</tbody></table>${note}`;
}

function cellOf(value: Cell, kind: string): string {
  return `<td class="${kind}">${escapeHtml(shown(value))}</td>`;
}
