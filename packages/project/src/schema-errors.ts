import { isJsonObject, type JsonSchema, specPattern } from '@cuttle/protocol';
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type Diagnostic, errorAt, warningAt } from './diagnostic.js';
import { contradictsFormat } from './format-errors.js';
import { SECRET_MARK } from './schema-parts.js';
import { didYouMean } from './suggest.js';
import type { DocumentPath, YamlDocument } from './yaml-file.js';

/** Errors shown of one document: nobody reads more at once. */
const MAX_ERRORS = 200;

/** A compiled schema that turns every error into a diagnostic. */
export interface SchemaCheck {
  /**
   * All errors of a value, each at its own place.
   *
   * @param value the part of the document that the schema describes
   * @param base path of that part in the document
   */
  check(document: YamlDocument, value: unknown, base: DocumentPath): readonly Diagnostic[];
}

/**
 * A check by a schema, which is compiled when it is first needed. Unknown formats and Airbyte's own keywords are ignored.
 * A schema that cannot be compiled gives a warning for each value.
 */
export function compileSchema(schema: JsonSchema): SchemaCheck {
  let compiled: ValidateFunction | Error | undefined;
  return {
    check(document, value, base) {
      compiled ??= tryCompile(schema);
      if (compiled instanceof Error) {
        const message = `${labelOf(base)} is not checked: the schema of its connector cannot be read (${compiled.message.slice(0, 200)}).`;
        return [warningAt(document.at(base), 'CONFIG_NOT_CHECKED', message)];
      }
      if (compiled(value)) return [];
      const errors = compiled.errors ?? [];
      const shown = errors.slice(0, MAX_ERRORS).flatMap((error) => toDiagnostic(document, error, base) ?? []);
      const more = errors.length - MAX_ERRORS;
      if (more <= 0) return shown;
      return [...shown, errorAt(document.at(base), 'DOCUMENT_INVALID', `This document has ${more} more errors.`)];
    },
  };
}

function tryCompile(schema: JsonSchema): ValidateFunction | Error {
  try {
    return compile(schema);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Compiling is most of what a short command does: the meta schema is left out, and the code runs only a few times. */
function compile(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    verbose: true,
    logger: false,
    meta: false,
    validateSchema: false,
    // A pattern of another language is warned of (see unreadablePatterns) and holds for every text.
    code: { optimize: false, regExp: Object.assign((text: string) => specPattern(text) ?? /^/, { code: '' }) },
  });
  addFormats(ajv);
  return ajv.compile(schema);
}

function toDiagnostic(document: YamlDocument, error: ErrorObject, base: DocumentPath): Diagnostic | undefined {
  const path = [...base, ...pointerParts(error.instancePath)];
  const parent: unknown = error.parentSchema;
  if (isJsonObject(parent) && parent[SECRET_MARK] === true) {
    const message = `${labelOf(path)} is a secret and must be given by reference: { $env: NAME }, { $file: path } or { $secretRef: path }.`;
    return errorAt(document.at(path), 'SECRET_LITERAL', message);
  }
  switch (error.keyword) {
    case 'if':
    case 'anyOf':
      return error.keyword === 'if' ? undefined : anyOfError(document, error, path);
    case 'additionalProperties':
      return unknownKey(document, error, path);
    case 'required': {
      const message = `${subject(path)} needs "${String(error.params['missingProperty'])}".`;
      return errorAt(document.keyAt(path), 'DOCUMENT_MISSING_KEY', message);
    }
    case 'enum':
    case 'const':
      return wrongWord(document, error, path);
    case 'format':
      if (contradictsFormat(error)) {
        const message = `${labelOf(path)} is no ${String(error.schema)}, as its spec wants it, but the spec's own pattern or example is none either; it is taken as it is.`;
        return warningAt(document.at(path), 'FORMAT_NOT_CHECKED', message);
      }
      return errorAt(document.at(path), 'DOCUMENT_INVALID', `${labelOf(path)} ${problem(error)}.`);
    case 'not': {
      const reason = isJsonObject(parent) ? String(parent['description'] ?? '') : '';
      return errorAt(document.keyAt(path), 'DOCUMENT_NOT_ALLOWED', `${labelOf(path)} is not allowed. ${reason}`.trim());
    }
    default:
      return errorAt(document.at(path), 'DOCUMENT_INVALID', `${labelOf(path)} ${problem(error)}.`);
  }
}

function anyOfError(document: YamlDocument, error: ErrorObject, path: DocumentPath): Diagnostic {
  const parent: unknown = error.parentSchema;
  const words = isJsonObject(parent) && Array.isArray(parent['anyOf']) ? parent['anyOf'] : [];
  const keys = words.flatMap((entry: unknown) =>
    isJsonObject(entry) && Array.isArray(entry['required']) ? entry['required'].map(String) : [],
  );
  const message = keys.length > 0 ? `needs one of ${keys.join(', ')}` : 'has none of the allowed forms';
  return errorAt(document.at(path), 'DOCUMENT_INVALID', `${labelOf(path)} ${message}.`);
}

function unknownKey(document: YamlDocument, error: ErrorObject, path: DocumentPath): Diagnostic {
  const key = String(error.params['additionalProperty']);
  const parent: unknown = error.parentSchema;
  const properties = isJsonObject(parent) && isJsonObject(parent['properties']) ? parent['properties'] : {};
  const where = path.length === 0 ? '' : ` in ${labelOf(path)}`;
  const message = `Unknown key "${key}"${where}.${didYouMean(key, Object.keys(properties))}`;
  return errorAt(document.keyAt([...path, key]), 'DOCUMENT_UNKNOWN_KEY', message);
}

function wrongWord(document: YamlDocument, error: ErrorObject, path: DocumentPath): Diagnostic {
  const allowed: unknown = error.params['allowedValues'] ?? [error.params['allowedValue']];
  const words = Array.isArray(allowed) ? allowed.map(String) : [];
  const value: unknown = error.data;
  const hint = typeof value === 'string' ? didYouMean(value, words) : '';
  const list = hint === '' || hint.startsWith(' Did') ? ` Allowed: ${words.join(', ')}.` : '';
  const shown = typeof value === 'string' && value.length <= 60 ? ` "${value}"` : '';
  const message = `${labelOf(path)} has an unknown value${shown}.${hint.startsWith(' Did') ? hint : ''}${list || ` Allowed: ${words.join(', ')}.`}`;
  return errorAt(document.at(path), 'DOCUMENT_UNKNOWN_VALUE', message);
}

function problem(error: ErrorObject): string {
  const parent: unknown = error.parentSchema;
  if (error.keyword === 'type') return `must be ${[error.params['type']].flat().map(article).join(' or ')}`;
  if (error.keyword === 'minProperties' && isJsonObject(parent) && isJsonObject(parent['properties'])) {
    return `needs ${String(error.params['limit'])} of ${Object.keys(parent['properties']).join(', ')}`;
  }
  if (error.keyword === 'maxProperties' && isJsonObject(parent) && isJsonObject(parent['properties'])) {
    return `takes only ${String(error.params['limit'])} of ${Object.keys(parent['properties']).join(', ')}`;
  }
  if (error.keyword === 'pattern') {
    const hint = isJsonObject(parent) ? (parent['pattern_descriptor'] ?? parent['description']) : undefined;
    return `does not have the expected form${typeof hint === 'string' ? ` (${hint.replace(/\.$/, '')})` : ''}`;
  }
  return error.message ?? 'is not valid';
}

function article(type: unknown): string {
  if (type === 'object') return 'a map';
  if (type === 'array') return 'a list';
  if (type === 'string') return 'a text';
  if (type === 'null') return 'empty';
  return type === 'integer' ? 'a whole number' : type === 'boolean' ? 'true or false' : `a ${String(type)}`;
}

/** `streams.user.sync`, or `The document` for the top. */
function labelOf(path: DocumentPath): string {
  return path.length === 0 ? 'The document' : path.map(String).join('.');
}

function subject(path: DocumentPath): string {
  return labelOf(path);
}

function pointerParts(pointer: string): DocumentPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
