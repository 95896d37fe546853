import { ConfigError } from '@cuttle/protocol';
import type { DuckdbWarehouse, QueryResult } from '@cuttle/warehouse';
import type { CardDefinition, DashboardDefinition } from './definition.js';
import { renderCard, renderFailure } from './render-card.js';
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
  /** The cards that were drawn. */
  readonly cards: readonly BuiltCard[];
  /** Of the cards that were not: which one, and why. The page says so in their places. */
  readonly failures: readonly string[];
}

/**
 * Queries and draws a dashboard. The same rows and time give the same bytes. A card that fails does not stop the others.
 *
 * @param builtAt ISO 8601, UTC; shown on the page
 */
export async function buildDashboard(
  definition: DashboardDefinition,
  warehouse: DuckdbWarehouse,
  builtAt: string,
): Promise<BuiltDashboard> {
  const cards: BuiltCard[] = [];
  const sections: string[] = [];
  const failures: string[] = [];
  for (const card of definition.cards) {
    try {
      const result = await rowsOf(card, warehouse);
      sections.push(await drawn(card, result));
      cards.push({ id: card.id, title: card.title, ...result });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      failures.push(error.message);
      sections.push(renderFailure(card, error.message));
    }
  }
  return { name: definition.name, html: renderPage(definition, sections, builtAt), cards, failures };
}

/** @throws {ConfigError} `CARD_QUERY_FAILED` */
async function rowsOf(card: CardDefinition, warehouse: DuckdbWarehouse): Promise<QueryResult> {
  try {
    return await warehouse.query(card.sql);
  } catch (error) {
    throw new ConfigError(`Card "${card.id}": the query failed. ${reasonOf(error)}`, { code: 'CARD_QUERY_FAILED' });
  }
}

/** @throws {ConfigError} `CARD_NOT_DRAWN` */
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
