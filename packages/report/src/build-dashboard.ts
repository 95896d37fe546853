import { ConfigError } from '@cuttle/protocol';
import type { DuckdbWarehouse, QueryResult } from '@cuttle/warehouse';
import type { CardDefinition, DashboardDefinition } from './definition.js';
import { renderCard } from './render-card.js';
import { renderPage } from './render-page.js';

/** The numbers of a card. */
export interface BuiltCard extends QueryResult {
  readonly id: string;
  readonly title: string;
}

/** A dashboard: one HTML file that needs nothing else, and its numbers. */
export interface BuiltDashboard {
  readonly name: string;
  readonly html: string;
  readonly cards: readonly BuiltCard[];
}

/**
 * Queries and draws a dashboard. The same rows and time give the same bytes.
 *
 * @param builtAt ISO 8601, UTC; shown on the page
 * @throws {ConfigError} `CARD_QUERY_FAILED`, `CARD_NOT_DRAWN`, naming the card
 */
export async function buildDashboard(
  definition: DashboardDefinition,
  warehouse: DuckdbWarehouse,
  builtAt: string,
): Promise<BuiltDashboard> {
  const cards: BuiltCard[] = [];
  const sections: string[] = [];
  for (const card of definition.cards) {
    const result = await rowsOf(card, warehouse);
    cards.push({ id: card.id, title: card.title, ...result });
    sections.push(await drawn(card, result));
  }
  return { name: definition.name, html: renderPage(definition, sections, builtAt), cards };
}

async function rowsOf(card: CardDefinition, warehouse: DuckdbWarehouse): Promise<QueryResult> {
  try {
    return await warehouse.query(card.sql);
  } catch (error) {
    throw new ConfigError(`Card "${card.id}": the query failed. ${reasonOf(error)}`, { code: 'CARD_QUERY_FAILED' });
  }
}

async function drawn(card: CardDefinition, result: QueryResult): Promise<string> {
  try {
    return await renderCard(card, result);
  } catch (error) {
    throw new ConfigError(`Card "${card.id}" cannot be drawn. ${reasonOf(error)}`, { code: 'CARD_NOT_DRAWN' });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
