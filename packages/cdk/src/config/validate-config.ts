import { ConfigError, isJsonObject, type Json, type JsonObject, type JsonSchema, specPattern } from '@cuttle/protocol';
import type { ErrorObject } from 'ajv';
import { applyDefaults, resolveSchema } from './resolve-schema.js';

/**
 * The config with defaults filled in, checked against the spec's `connectionSpecification`. Fields that the spec does
 * not name are kept.
 *
 * @throws {ConfigError} `CONFIG_INVALID` that lists every fault with its JSON pointer and never a value
 */
export async function validateConfig(schema: JsonSchema, config: unknown): Promise<JsonObject> {
  if (!isJsonObject(config)) throw invalidConfig(['the config must be a JSON object']);
  // A default can choose the variant of a oneOf, so the schema is resolved again behind the defaults.
  const withOuter = applyDefaults(resolveSchema(schema, config), config);
  const resolved = resolveSchema(schema, withOuter);
  const filled = applyDefaults(resolved, withOuter);
  const problems = await findProblems(resolved, filled);
  if (problems.length > 0) throw invalidConfig(problems);
  return filled as JsonObject;
}

async function findProblems(schema: JsonSchema, config: Json): Promise<readonly string[]> {
  // Loaded here because `spec` must start without it.
  const { Ajv } = await import('ajv');
  const { default: formats } = await import('ajv-formats');
  // The spec is our own, and is checked by tests: compiling the meta schema takes longer than all the rest.
  const code = { regExp: Object.assign((pattern: string) => specPattern(pattern) ?? /^/, { code: '' }) };
  const ajv = new Ajv({ allErrors: true, strict: false, logger: false, meta: false, validateSchema: false, code });
  (typeof formats === 'function' ? formats : formats.default)(ajv);
  const { $schema: _version, ...body } = schema;
  const validate = ajv.compile(body);
  if (validate(config)) return [];
  return [...new Set((validate.errors ?? []).map(describeProblem))];
}

function describeProblem(error: ErrorObject): string {
  const place = error.instancePath === '' ? '/' : error.instancePath;
  switch (error.keyword) {
    case 'required':
      return `${error.instancePath}/${String(error.params['missingProperty'])} is required`;
    case 'enum':
      return `${place} must be one of ${JSON.stringify(error.params['allowedValues'])}`;
    case 'const':
      return `${place} must be ${JSON.stringify(error.params['allowedValue'])}`;
    default:
      return `${place} ${error.message ?? 'is not valid'}`;
  }
}

function invalidConfig(problems: readonly string[]): ConfigError {
  return new ConfigError(`The config is not valid: ${problems.join('; ')}.`, { code: 'CONFIG_INVALID' });
}
