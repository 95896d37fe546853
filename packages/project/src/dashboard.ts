import path from 'node:path';
import { ConfigError, isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';
import { formatPosition } from './diagnostic.js';
import { compileSchema } from './schema-errors.js';
import { closed, NAME, TEXT } from './schema-parts.js';
import { readYamlFile } from './yaml-file.js';

/** One card of a dashboard; rows come from its query. */
export interface DashboardCard {
  /** Unique in the dashboard. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly type: 'vega' | 'bignumber' | 'table';
  /** Width in twelfths of the page. */
  readonly width: number;
  /** Height of a chart in pixels. */
  readonly height: number;
  /** A query; `{model}` is already replaced. For a big number: (period, value) in order of time, the last one is shown. */
  readonly sql: string;
  /** Vega-Lite, without data and size. */
  readonly spec: JsonObject;
  /** Digits behind the point and unit of a big number. */
  readonly digits: number;
  readonly unit: string;
}

/** A dashboard as its file describes it. */
export interface DashboardDocument {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly cards: readonly DashboardCard[];
}

/**
 * Reads a dashboard's file.
 *
 * @throws {ConfigError} `DASHBOARD_INVALID`, naming every finding with file:line:column
 */
export function readDashboard(file: string): DashboardDocument {
  const shown = path.relative(process.cwd(), file);
  const { documents, diagnostics } = readYamlFile(file, shown.startsWith('..') ? file : shown);
  const [document, another] = documents;
  const shape = document === undefined ? [] : compileSchema(dashboardSchema()).check(document, document.value, []);
  const found = [...diagnostics, ...shape].map((entry) => `${formatPosition(entry)} ${entry.message}`);
  if (document === undefined && found.length === 0) found.push(`${shown} The file holds no dashboard.`);
  if (another !== undefined) found.push(`${formatPosition(another.at([]))} A file holds one dashboard.`);
  if (document !== undefined && found.length === 0) {
    const decoded = decode(document.value);
    const seen = new Set<string>();
    for (const [index, { id }] of decoded.cards.entries()) {
      const at = formatPosition(document.at(['cards', index, 'id']));
      if (seen.has(id)) found.push(`${at} There is already a card "${id}".`);
      seen.add(id);
    }
    if (found.length === 0) return decoded;
  }
  throw new ConfigError(found.join('\n'), { code: 'DASHBOARD_INVALID' });
}

function dashboardSchema(): JsonSchema {
  const card = closed(
    {
      id: { type: 'string', pattern: '^[a-z][a-z0-9_]*$', description: 'Lower-case letters, digits and _.' },
      title: NAME,
      description: TEXT,
      type: { enum: ['vega', 'bignumber', 'table'] },
      model: { ...TEXT, description: 'What `{model}` in the query stands for: schema and table.' },
      sql: TEXT,
      width: { type: 'integer', minimum: 2, maximum: 12 },
      height: { type: 'integer', minimum: 80, maximum: 1000 },
      spec: { type: 'object', description: 'Vega-Lite without data, width and height.' },
      digits: { type: 'integer', minimum: 0, maximum: 6 },
      unit: { type: 'string', maxLength: 10 },
    },
    ['id', 'title', 'type', 'sql'],
  );
  return closed(
    {
      kind: { const: 'Dashboard' },
      name: { type: 'string', pattern: '^[a-z][a-z0-9_-]*$', description: 'Name of the files that are written.' },
      title: NAME,
      description: TEXT,
      cards: { type: 'array', minItems: 1, items: card },
    },
    ['kind', 'name', 'title', 'cards'],
  );
}

function decode(value: JsonObject): DashboardDocument {
  const cards = Array.isArray(value['cards']) ? value['cards'].filter(isJsonObject) : [];
  return {
    name: String(value['name']),
    title: String(value['title']),
    ...described(value),
    cards: cards.map((card) => ({
      id: String(card['id']),
      title: String(card['title']),
      ...described(card),
      type: card['type'] as DashboardCard['type'],
      width: numberOr(card['width'], 6),
      height: numberOr(card['height'], 240),
      sql: String(card['sql']).replaceAll('{model}', String(card['model'] ?? '{model}')),
      spec: isJsonObject(card['spec']) ? card['spec'] : {},
      digits: numberOr(card['digits'], 0),
      unit: String(card['unit'] ?? ''),
    })),
  };
}

function described(value: JsonObject): { readonly description?: string } {
  return typeof value['description'] === 'string' ? { description: value['description'] } : {};
}

function numberOr(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
