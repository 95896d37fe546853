import type { JsonSchema } from '@cuttle/protocol';
import { closed, mapOf, NAME, orReference, TEXT, when } from './schema-parts.js';
import { SYNC_WORDS } from './sync-words.js';

/** Hash methods of the `hash` step, as Airbyte names them. */
const HASH_METHODS = ['MD2', 'MD5', 'SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'] as const;

/** Schema of a Connection document. */
export function connectionSchema(): JsonSchema {
  return closed(
    {
      kind: { const: 'Connection' },
      name: NAME,
      source: { ...NAME, description: 'Name of a Source document.' },
      destination: { ...NAME, description: 'Name of a Destination document.' },
      schedule: scheduleSchema(),
      namespace: namespaceSchema(),
      prefix: { type: 'string', maxLength: 100, description: 'Put before the name of each stream.' },
      select: { enum: ['listed', 'all'], description: '`all` also takes streams that are not listed.' },
      streams: {
        ...mapOf(streamSchema()),
        description: 'Stream (`name` or `namespace.name`) -> settings; "*" holds defaults of the listed streams.',
      },
      schemaChanges: { enum: ['propagate_fully', 'propagate_columns', 'ignore', 'disable'] },
      status: { enum: ['active', 'inactive'] },
      tags: { type: 'array', items: { ...NAME, maxLength: 30 }, uniqueItems: true },
      lifecycle: closed({ preventDestroy: { type: 'boolean' } }),
      previousName: NAME,
    },
    ['kind', 'name', 'source', 'destination'],
  );
}

/** Schema of the defaults of streams in a Project document: as a stream's settings. */
export function streamDefaultsSchema(): JsonSchema {
  return streamSchema();
}

function namespaceSchema(): JsonSchema {
  const format = { ...TEXT, description: `\${SOURCE_NAMESPACE} stands for the source's namespace.` };
  return {
    description: 'Namespace at the destination: `source`, `destination` (its default), or { format: text }.',
    ...when({ type: 'object' }, closed({ format }, ['format']), { enum: ['source', 'destination'] }),
  };
}

function scheduleSchema(): JsonSchema {
  return {
    description: '`manual`, { cron: Quartz, UTC } or { every: 24h }. The local target has no scheduler.',
    ...when(
      { type: 'object' },
      closed({
        cron: {
          type: 'string',
          pattern: '^[0-5]?[0-9]\\s+[0-5]?[0-9](\\s+\\S+){4,5}$',
          description: 'Quartz, six or seven fields, UTC; seconds and minutes are numbers, as Airbyte wants them.',
        },
        every: { type: 'string', pattern: '^[1-9][0-9]*[mhd]$', description: 'Such as 30m, 24h, 7d.' },
        timezone: TEXT,
      }),
      { enum: ['manual'] },
    ),
  };
}

function streamSchema(): JsonSchema {
  return {
    ...closed({
      sync: { enum: [...SYNC_WORDS], description: 'How the stream is read and how it lands.' },
      cursor: { ...fieldPath(), description: 'Field, or path, that tells what is new.' },
      primaryKey: keySchema(),
      fields: fieldsSchema(),
      transform: { type: 'array', items: transformSchema(), description: 'Applied in order.' },
      enabled: { type: 'boolean' },
    }),
    // `user:` without a value takes the defaults.
    type: ['object', 'null'],
  };
}

function fieldPath(): JsonSchema {
  return { type: ['string', 'array'], minLength: 1, items: TEXT, minItems: 1 };
}

function keySchema(): JsonSchema {
  return {
    description: 'Field, list of fields, or list of paths.',
    type: ['string', 'array'],
    minLength: 1,
    minItems: 1,
    items: fieldPath(),
  };
}

function fieldsSchema(): JsonSchema {
  const list = { type: 'array', items: TEXT, uniqueItems: true };
  const either = {
    ...closed({ include: { ...list, minItems: 1 }, exclude: list }),
    minProperties: 1,
    maxProperties: 1,
  };
  return {
    description: 'Fields to take: a list, { include: [...] } or { exclude: [...] }. Key and cursor are always kept.',
    ...when({ type: 'array' }, { ...list, minItems: 1 }, either),
  };
}

function transformSchema(): JsonSchema {
  const rule = (word: string, step: JsonSchema): JsonSchema => when({ required: [word] }, step);
  const scalar = { type: ['string', 'number', 'boolean'] };
  return {
    type: 'object',
    description: 'One of hash, rename, drop, filter, encrypt.',
    anyOf: ['hash', 'rename', 'drop', 'filter', 'encrypt'].map((word) => ({ required: [word] })),
    allOf: [
      rule('hash', closed({ hash: TEXT, method: { enum: [...HASH_METHODS] }, suffix: { type: 'string' } })),
      rule('rename', closed({ rename: TEXT, to: TEXT }, ['to'])),
      rule('drop', closed({ drop: TEXT })),
      rule('filter', {
        ...closed({ filter: TEXT, equals: scalar, not: scalar }),
        minProperties: 2,
        maxProperties: 2,
        description: 'Keeps rows whose field is `equals`, or is not `not`.',
      }),
      rule(
        'encrypt',
        closed(
          {
            encrypt: TEXT,
            method: { enum: ['RSA', 'AES'] },
            publicKey: orReference(TEXT),
            key: { $ref: '#/definitions/secretReference' },
            mode: { enum: ['CBC', 'CFB', 'OFB', 'CTR', 'GCM', 'ECB'] },
            padding: { enum: ['NoPadding', 'PKCS5Padding'] },
            suffix: { type: 'string' },
          },
          [],
          'RSA with publicKey, or AES with key, mode and padding. Runs on Airbyte only.',
        ),
      ),
    ],
  };
}
