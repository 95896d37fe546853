import type { JsonSchema } from '@cuttle/protocol';

/** Marks the schema of a place that takes references only; the message of its errors depends on it. */
export const SECRET_MARK = 'x-cuttle-secret';

/** A name that is shown, compared and used in file names. */
export const NAME: JsonSchema = { type: 'string', minLength: 1, maxLength: 200, pattern: '^\\S(.*\\S)?$' };

/** A text that is not empty. */
export const TEXT: JsonSchema = { type: 'string', minLength: 1 };

/** A map object whose keys are listed; anything else is an unknown key. */
export function closed(
  properties: { readonly [key: string]: JsonSchema },
  required: readonly string[] = [],
  description?: string,
): JsonSchema {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** A map whose keys are names. */
export function mapOf(value: JsonSchema, description?: string): JsonSchema {
  return { type: 'object', ...(description === undefined ? {} : { description }), additionalProperties: value };
}

/**
 * Accepts a reference where a value stands. `if` on the reference's own key keeps errors of the one form out of the
 * other's way.
 */
export function orReference(schema: JsonSchema): JsonSchema {
  return when(IS_REFERENCE, { $ref: '#/definitions/reference' }, schema);
}

/** `if`, `then` and `else` of JSON Schema, to be spread into a schema. */
export function when(condition: JsonSchema, then: JsonSchema, otherwise?: JsonSchema): JsonSchema {
  return { if: condition, then, ...(otherwise === undefined ? {} : { else: otherwise }) };
}

const IS_REFERENCE: JsonSchema = {
  type: 'object',
  anyOf: [{ required: ['$env'] }, { required: ['$file'] }, { required: ['$secretRef'] }],
};

const ENV: JsonSchema = closed(
  {
    $env: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      description: 'Name of an environment variable; read when it is needed, never at validation.',
    },
    as: {
      enum: ['string', 'integer', 'number', 'boolean', 'json'],
      description: 'What the text is turned into; string without it.',
    },
    default: { description: 'Taken when the variable is not set.' },
  },
  ['$env'],
);

/** Definitions that every schema of ours carries, for `#/definitions/reference` and `secretReference`. */
export const REFERENCE_DEFINITIONS: { readonly [name: string]: JsonSchema } = {
  reference: {
    description: 'A value that stands elsewhere: { $env: NAME }, { $file: path } or { $secretRef: path }.',
    type: 'object',
    allOf: [
      when({ required: ['$env'] }, ENV),
      when({ required: ['$file'] }, closed({ $file: filePath() }, ['$file'])),
      when({ required: ['$secretRef'] }, closed({ $secretRef: TEXT }, ['$secretRef'])),
    ],
  },
  secretReference: {
    description: 'A secret, given by reference only: { $env: NAME }, { $file: path } or { $secretRef: path }.',
    [SECRET_MARK]: true,
    type: 'object',
    anyOf: [{ required: ['$env'] }, { required: ['$file'] }, { required: ['$secretRef'] }],
    properties: { default: { not: {}, description: 'A secret has no default.' } },
    allOf: [when({ type: 'object' }, { $ref: '#/definitions/reference' })],
  },
};

function filePath(): JsonSchema {
  return {
    description: "A file whose text is the value; relative to the document's folder. One final line break is left out.",
    ...when({ type: 'object' }, { $ref: '#/definitions/reference' }, TEXT),
  };
}
