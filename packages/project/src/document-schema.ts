import type { JsonSchema } from '@cuttle/protocol';
import { connectionSchema, streamDefaultsSchema } from './connection-schema.js';
import { closed, mapOf, NAME, orReference, REFERENCE_DEFINITIONS, TEXT, when } from './schema-parts.js';
import { stepSchema } from './step-schema.js';

/** The kinds of documents, in the order in which they are usually written. */
export const KINDS = ['Project', 'Connectors', 'Source', 'Destination', 'Connection', 'Pipeline'] as const;

/** Kind of a document. */
export type Kind = (typeof KINDS)[number];

/**
 * JSON Schema (draft 7) of every document. It discriminates by `if`/`then` on `kind`, so that the errors of one kind are
 * the only ones shown.
 *
 * @param configs for editors: per kind and connector, the schema of `config`; without it `config` is any object
 */
export function documentSchema(configs: readonly ConfigRule[] = []): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Cuttle documents',
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: [...KINDS], description: 'What this document describes.' } },
    allOf: [...KINDS.map(kindRule), ...configs.map(configRule)],
    definitions: REFERENCE_DEFINITIONS,
  };
}

/** Which schema the `config` of a Source or Destination with a connector follows. */
export interface ConfigRule {
  readonly kind: 'Source' | 'Destination';
  readonly connector: string;
  readonly schema: JsonSchema;
}

function kindRule(kind: Kind): JsonSchema {
  // `required` inside the `if`: a document without kind must not match every rule.
  const isKind = { properties: { kind: { const: kind } }, required: ['kind'] };
  return when(isKind, schemaOf(kind));
}

function configRule(rule: ConfigRule): JsonSchema {
  const properties = { kind: { const: rule.kind }, connector: { const: rule.connector } };
  const matches = { properties, required: ['kind', 'connector'] };
  return when(matches, { properties: { config: rule.schema } });
}

function schemaOf(kind: Kind): JsonSchema {
  switch (kind) {
    case 'Project':
      return projectSchema();
    case 'Connectors':
      return connectorsSchema();
    case 'Source':
    case 'Destination':
      return actorSchema(kind);
    case 'Connection':
      return connectionSchema();
    case 'Pipeline':
      return pipelineSchema();
    default: {
      const missing: never = kind;
      return missing;
    }
  }
}

function projectSchema(): JsonSchema {
  const {
    kind: _kind,
    name: _name,
    source: _source,
    destination: _destination,
    ...defaults
  } = connectionSchema()['properties'] as { readonly [key: string]: JsonSchema };
  return closed(
    {
      kind: { const: 'Project' },
      name: { ...NAME, description: 'Name of the stack; the warehouse file and the run files are called after it.' },
      defaults: closed(
        { connection: closed({ ...defaults, streams: mapOf(streamDefaultsSchema()) }) },
        [],
        'Defaults of all connections.',
      ),
      targets: { ...mapOf(targetSchema()), description: 'Where connections run.' },
    },
    ['kind', 'name'],
  );
}

function targetSchema(): JsonSchema {
  const isLocal = { properties: { type: { const: 'local' } }, required: ['type'] };
  const isAirbyte = { properties: { type: { const: 'airbyte' } }, required: ['type'] };
  return {
    type: 'object',
    required: ['type'],
    properties: { type: { enum: ['local', 'airbyte'] } },
    allOf: [when(isLocal, localTargetSchema()), when(isAirbyte, airbyteTargetSchema())],
  };
}

function localTargetSchema(): JsonSchema {
  const seconds = { type: 'number', exclusiveMinimum: 0, maximum: 604_800 };
  return closed(
    {
      type: { const: 'local' },
      destinationOverrides: { ...mapOf(NAME), description: 'Destination of the documents -> destination used here.' },
      configOverrides: {
        ...mapOf({ type: 'object' }),
        description: 'Name of a source or destination -> config values that replace its own, key by key; null removes.',
      },
      timeouts: closed({
        sourceSeconds: {
          ...seconds,
          description: 'A source that sends no record and no state for so long has failed.',
        },
        destinationSeconds: { ...seconds, description: 'A destination that makes no progress for so long has failed.' },
        finishSeconds: { ...seconds, description: 'Time a destination has to end after its source failed.' },
      }),
    },
    ['type'],
    'The connectors run here as processes; no Airbyte is needed.',
  );
}

function airbyteTargetSchema(): JsonSchema {
  return closed(
    {
      type: { const: 'airbyte' },
      url: { ...orReference(TEXT), description: 'https://host of the server, or https://api.airbyte.com.' },
      workspace: { ...orReference(TEXT), description: 'Name of the workspace, or its id.' },
      lock: { ...TEXT, description: 'File that remembers ids and what was applied last; optional.' },
      headers: { ...mapOf(orReference(TEXT)), description: 'Sent with each request, for proxies before the server.' },
      destinationOverrides: { ...mapOf(NAME), description: 'Destination of the documents -> destination used here.' },
      configOverrides: {
        ...mapOf({ type: 'object' }),
        description: 'Name of a source or destination -> config values that replace its own, key by key; null removes.',
      },
      auth: closed({
        clientId: orReference(TEXT),
        clientSecret: { $ref: '#/definitions/secretReference' },
        username: orReference(TEXT),
        password: { $ref: '#/definitions/secretReference' },
      }),
    },
    ['type', 'url'],
    'An Airbyte server, by its API.',
  );
}

function connectorsSchema(): JsonSchema {
  const entry = closed({
    image: {
      ...TEXT,
      // A name never begins with a dash: docker would take it for an option.
      pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@-]*$',
      description: 'Image with tag; becomes a connector definition on Airbyte.',
    },
    path: { ...TEXT, description: 'Folder of the connector from the repository root; what the local target starts.' },
    builtin: { ...TEXT, description: "Name of a connector of Airbyte's registry (Airbyte target only)." },
    name: { ...NAME, description: 'Name shown in Airbyte.' },
    maxSecondsBetweenMessages: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 604_800,
      description: 'Silence after which this connector counts as hung; wins over the timeouts of the target.',
    },
    environment: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
      description:
        'Environment variables that the connector gets on the local target; others than those of the machine, proxies and certificate authorities stay here.',
    },
  });
  return closed({ kind: { const: 'Connectors' }, sources: mapOf(entry), destinations: mapOf(entry) }, ['kind']);
}

function actorSchema(kind: 'Source' | 'Destination'): JsonSchema {
  return closed(
    {
      kind: { const: kind },
      name: NAME,
      connector: { ...NAME, description: 'Key of the connector in the Connectors document.' },
      config: { type: 'object', description: "Config as the connector's spec describes it; values may be references." },
      previousName: NAME,
      tags: { type: 'array', items: NAME },
      lifecycle: closed({ preventDestroy: { type: 'boolean' } }),
    },
    ['kind', 'name', 'connector', 'config'],
  );
}

function pipelineSchema(): JsonSchema {
  return closed(
    {
      kind: { const: 'Pipeline' },
      name: NAME,
      steps: {
        type: 'array',
        minItems: 1,
        items: stepSchema(),
        description: 'Run in order.',
      },
    },
    ['kind', 'name', 'steps'],
  );
}
