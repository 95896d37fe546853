import { ascendingCursor, type Context, type Page, type Slice, Stream } from '@cuttle/airbyte-cdk';
import { listPages } from '../api.js';
import type { AcmeConfig } from '../config.js';
import { INTEGER, TEXT, TIME } from './types.js';

/** All orders, oldest change first. */
export class OrderStream extends Stream<AcmeConfig> {
  readonly name = 'orders';
  readonly schema = {
    type: 'object',
    properties: {
      id: { type: 'string' },
      customer_id: TEXT,
      status: TEXT,
      currency: TEXT,
      total_minor: INTEGER,
      note: TEXT,
      lines: {
        type: ['null', 'array'],
        items: { type: 'object', properties: { product: TEXT, quantity: INTEGER, price_minor: INTEGER } },
      },
      created_at: TIME,
      updated_at: TIME,
    },
  };
  override readonly primaryKey = [['id']];
  override readonly cursor = ascendingCursor<AcmeConfig>({
    field: 'updated_at',
    start: (config) => config.start_date,
    // The API's lists are up to five minutes behind.
    lookback: 'PT10M',
  });

  pages({ http }: Context<AcmeConfig>, { start }: Slice): AsyncIterable<Page> {
    return listPages(http, '/orders', { updated_from: start });
  }
}
