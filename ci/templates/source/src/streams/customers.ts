import { type Context, type Page, Stream } from '@cuttle/airbyte-cdk';
import { listPages } from '../api.js';
import type { AcmeConfig } from '../config.js';
import { INTEGER, TEXT, TIME } from './types.js';

/** All customers. They are read in full each time: the API neither filters nor sorts them by a time. */
export class CustomerStream extends Stream<AcmeConfig> {
  readonly name = 'customers';
  readonly schema = {
    type: 'object',
    properties: { id: { type: 'string' }, number: INTEGER, name: TEXT, email: TEXT, created_at: TIME },
  };
  override readonly primaryKey = [['id']];

  pages({ http }: Context<AcmeConfig>): AsyncIterable<Page> {
    return listPages(http, '/customers');
  }
}
