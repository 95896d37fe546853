import { type Context, type Page, Stream } from '@cuttle/airbyte-cdk';
import type { BubbleConfig } from '../config.js';
import { readKeyset } from '../keyset.js';

/**
 * The ids of all rows of a type that exist now, for finding deletions in SQL. Full refresh only; `start_date` does not
 * hold, since a row that is not listed counts as deleted.
 */
export class ThingIdStream extends Stream<BubbleConfig> {
  readonly name: string;
  readonly schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: true,
    properties: { _id: { type: ['string', 'null'] } },
  };
  override readonly primaryKey = [['_id']];
  readonly #type: string;

  /** @param type name of the Bubble type; the stream is called `<type>_ids` */
  constructor(type: string) {
    super();
    this.#type = type;
    this.name = idStreamName(type);
  }

  override async *pages(ctx: Context<BubbleConfig>): AsyncIterable<Page> {
    const range = { type: this.#type, field: 'Created Date', from: undefined } as const;
    for await (const { things } of readKeyset(ctx.http, range)) yield things.map(({ _id }) => ({ _id }));
  }
}

/** Name of the stream of a type's ids. */
export function idStreamName(type: string): string {
  return `${type}_ids`;
}
