import type { JsonObject } from '@cuttle/protocol';
import type { AirbyteSdk } from './airbyte-sdk.js';

/** Ids of what the SDK made. */
export interface Ids {
  readonly workspace: string;
  readonly source: string;
  readonly destination: string;
  readonly connection: string;
  readonly sourceDefinition: string;
}

/** A kind of change, made by the SDK and by documents. */
interface Change {
  readonly kind: string;
  make(sdk: AirbyteSdk, ids: Ids): Promise<unknown>;
  /** Item of the plan that shows it, and the field or the warning there. */
  readonly key: string;
  readonly field?: string;
  readonly warning?: RegExp;
  /** What the SDK reads of it. */
  read(sdk: AirbyteSdk, ids: Ids): Promise<unknown>;
  /** File, text and new text of the same kind of change in the documents. */
  readonly edit?: readonly [string, string, string];
}

const CONNECTION = 'connection/payments to warehouse';
const STREAM = {
  sync_mode: 'incremental_deduped_history',
  cursor_field: ['updated'],
  primary_key: [['id']],
};

const getConnection = (sdk: AirbyteSdk, { connection }: Ids): Promise<JsonObject> =>
  sdk.call('connections.get_connection', { connection_id: connection });

/** A change of a connection's own value. */
function ofConnection(
  kind: string,
  field: string,
  [wire, patch]: readonly [string, JsonObject],
  edit?: Change['edit'],
): Change {
  return {
    kind,
    key: CONNECTION,
    field,
    make: (sdk, { connection }) =>
      sdk.call('connections.patch_connection', { connection_id: connection, connection_patch_request: patch }),
    read: async (sdk, ids) => (await getConnection(sdk, ids))[wire],
    ...(edit === undefined ? {} : { edit }),
  };
}

/** A change of the streams; `charges` comes first, `customers` stays unless it is left out. */
function ofStreams(
  kind: string,
  field: string,
  charges: JsonObject | undefined,
  edit?: Change['edit'],
  others: readonly JsonObject[] = [{ name: 'customers', ...STREAM }],
): Change {
  const first = charges === undefined ? [] : [{ name: 'charges', ...STREAM, ...charges }];
  const patch = { configurations: { streams: [...first, ...others] as unknown as JsonObject[] } };
  return {
    ...ofConnection(kind, field, ['configurations', patch as JsonObject], edit),
    read: async (sdk, ids) => {
      const { configurations } = await getConnection(sdk, ids);
      const streams = (configurations as { streams: readonly JsonObject[] }).streams.map(({ mappers, ...rest }) => ({
        ...rest,
        mappers: (mappers as readonly JsonObject[]).map(({ id: _, ...mapper }) => mapper),
      }));
      return [...streams].sort((a, b) => (String(a['name' as never]) < String(b['name' as never]) ? -1 : 1));
    },
  };
}

/** A change of the config of a source or destination, sent whole. */
function ofConfig(
  kind: string,
  role: 'source' | 'destination',
  change: (config: JsonObject) => JsonObject,
  seen: Pick<Change, 'field' | 'warning'>,
  edit?: Change['edit'],
): Change {
  const word = role === 'source' ? 'Source' : 'Destination';
  const get = (sdk: AirbyteSdk, ids: Ids): Promise<JsonObject> =>
    sdk.call(`${role}s.get_${role}`, { [`${role}_id`]: ids[role] });
  return {
    kind,
    key: role === 'source' ? 'source/shop payments' : 'destination/warehouse',
    ...seen,
    make: async (sdk, ids) => {
      const { name, configuration } = await get(sdk, ids);
      return sdk.call(`${role}s.put_${role}`, {
        $api: `Put${word}Request`,
        [`${role}_id`]: ids[role],
        [`${role}_put_request`]: {
          $model: `${word}PutRequest`,
          name,
          configuration: change(configuration as JsonObject),
        },
      });
    },
    read: async (sdk, ids) => (await get(sdk, ids))['configuration'],
    ...(edit === undefined ? {} : { edit }),
  };
}

const CONNECTIONS = 'connections.yaml';
/** The SDK's own checks refuse it. */
const HASHED = {
  $model: 'ConfiguredStreamMapper',
  type: 'hashing',
  mapper_configuration: {
    $model: 'HashingMapperConfiguration',
    target_field: 'email',
    method: 'SHA-256',
    field_name_suffix: '_hashed',
  },
};

/** What people change in Airbyte, each by the SDK and, where documents say it in one place, by them. */
export const CHANGES: readonly Change[] = [
  ofConfig(
    'a value of a source',
    'source',
    (config) => ({ ...config, lookback_days: 9 }),
    { field: 'config.lookback_days' },
    ['sources.yaml', 'lookback_days: 2', 'lookback_days: 7'],
  ),
  ofConfig('a value that a source no longer has', 'source', ({ start_date: _, ...rest }) => rest, {
    field: 'config.start_date',
  }),
  ofConfig('a secret of a source', 'source', (config) => ({ ...config, api_key: 'canary-foreign-key' }), {
    warning: /api_key/,
  }),
  ofConfig(
    'a value of a destination',
    'destination',
    (config) => ({ ...config, warehouse: 'OTHER' }),
    {
      field: 'config.warehouse',
    },
    ['destinations.yaml', 'warehouse: LOAD_WH', 'warehouse: BIG_WH'],
  ),
  ofConnection('the name of a connection', 'name', ['name', { name: 'renamed' }]),
  ofConnection(
    'the status',
    'status',
    ['status', { status: 'inactive' }],
    [CONNECTIONS, 'destination: warehouse\n', 'destination: warehouse\nstatus: inactive\n'],
  ),
  ofConnection(
    'the hour of a schedule',
    'schedule',
    ['schedule', { schedule: { schedule_type: 'cron', cron_expression: '0 0 9 * * ?' } }],
    [CONNECTIONS, '0 30 5 * * ?', '0 45 6 * * ?'],
  ),
  ofConnection('a schedule turned off', 'schedule', ['schedule', { schedule: { schedule_type: 'manual' } }]),
  ofConnection(
    'the namespace',
    'namespace',
    ['namespaceDefinition', { namespace_definition: 'source' }],
    [CONNECTIONS, 'namespace: { format: RAW }', 'namespace: source'],
  ),
  ofConnection(
    'the format of the namespace',
    'namespace',
    ['namespaceFormat', { namespace_format: 'OTHER' }],
    [CONNECTIONS, '{ format: RAW }', '{ format: SHOP }'],
  ),
  ofConnection(
    'the prefix',
    'prefix',
    ['prefix', { prefix: 'other_' }],
    [CONNECTIONS, 'prefix: stripe_', 'prefix: pay_'],
  ),
  ofConnection(
    'what a changed schema does',
    'schemaChanges',
    ['nonBreakingSchemaUpdatesBehavior', { non_breaking_schema_updates_behavior: 'propagate_fully' }],
    [CONNECTIONS, 'prefix: stripe_\n', 'prefix: stripe_\nschemaChanges: propagate_columns\n'],
  ),
  ofStreams(
    'a stream that is added',
    'sync',
    {},
    [CONNECTIONS, '  charges: {}\n', '  charges: {}\n  refunds: {}\n'],
    [
      { name: 'customers', ...STREAM },
      { name: 'refunds', ...STREAM },
    ],
  ),
  ofStreams('a stream that is left out', 'sync', undefined, [CONNECTIONS, '  charges: {}\n', '']),
  ofStreams('a sync mode', 'sync', { sync_mode: 'incremental_append' }, [
    CONNECTIONS,
    'charges: {}',
    'charges: { sync: incremental append }',
  ]),
  ofStreams('a cursor', 'cursor', { cursor_field: ['created'] }, [
    CONNECTIONS,
    'charges: {}',
    'charges: { cursor: created }',
  ]),
  ofStreams('a primary key', 'key', { primary_key: [['id'], ['created']] }, [
    CONNECTIONS,
    'charges: {}',
    'charges: { primaryKey: [ id, created ] }',
  ]),
  ofStreams(
    'the fields of a stream',
    'fields',
    { selected_fields: ['id', 'updated'].map((field) => ({ field_path: [field] })) },
    [CONNECTIONS, 'charges: {}', 'charges: { fields: [ id, updated, amount ] }'],
  ),
  ofStreams('a mapper', 'mappers', { $model: 'StreamConfiguration', mappers: [HASHED] }, [
    CONNECTIONS,
    'charges: {}',
    'charges: { transform: [ { hash: email } ] }',
  ]),
];
