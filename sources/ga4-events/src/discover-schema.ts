import type { SourceContext } from '@cuttle/airbyte-cdk';
import { ConfigError, type JsonSchema } from '@cuttle/protocol';
import { type DatasetRef, getTable, listTables } from './api.js';
import type { Ga4Config } from './config.js';
import { unionSchema } from './schema/json-schema.js';
import type { TableField } from './schema/table-field.js';
import { parseShard, type Shard } from './shards/shard.js';

/** One table in so many days is asked for its columns, besides the newest and the oldest. */
const SAMPLE_DAYS = 90;

/** The shards of the dataset from the start date on, oldest first, intraday ones last. */
export async function listShards(ctx: SourceContext<Ga4Config>, ref: DatasetRef): Promise<Shard[]> {
  const start = ctx.config.start_date?.replaceAll('-', '') ?? '';
  const all = (await listTables(ctx.http, ref)).ids.map(parseShard);
  const shards = all.filter((shard): shard is Shard => shard !== undefined && shard.date >= start);
  const order = (shard: Shard): string => `${Number(shard.isIntraday)}${shard.date}`;
  return shards.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/**
 * The newest shard that is to be read: daily if there is one.
 *
 * @throws {ConfigError} `NO_SHARDS` when the dataset has none
 */
export function newestShard(shards: readonly Shard[], ref: DatasetRef): Shard {
  const newest = shards.filter((shard) => !shard.isIntraday).at(-1) ?? shards.at(-1);
  if (newest !== undefined) return newest;
  throw new ConfigError(
    `The dataset "${ref.dataset}" has no tables events_YYYYMMDD from the start date on. Is the export linked, and is this the dataset of the right property? The first table comes a day after linking.`,
    { code: 'NO_SHARDS' },
  );
}

/** The schema of the stream: the columns of the newest shard, united with those of older ones. */
export async function discoverSchema(ctx: SourceContext<Ga4Config>, ref: DatasetRef): Promise<JsonSchema> {
  const shards = await listShards(ctx, ref);
  const newest = newestShard(shards, ref);
  const daily = shards.filter((shard) => !shard.isIntraday).reverse();
  const sample = daily.filter((_, index) => index % SAMPLE_DAYS === 0 || index === daily.length - 1);
  const intraday = ctx.config.include_intraday ? shards.filter((shard) => shard.isIntraday).slice(-1) : [];
  const wanted = [newest, ...sample.filter((shard) => shard !== newest), ...intraday];
  const columns: (readonly TableField[])[] = [];
  for (const shard of wanted) {
    const table = await getTable(ctx.http, ref, shard.table);
    if (table !== undefined) columns.push(table.fields);
  }
  return unionSchema(columns, ctx.config.include_intraday);
}
