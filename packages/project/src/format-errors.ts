import { isJsonObject, type Json } from '@cuttle/protocol';
import Ajv, { type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';

let formats: Ajv | undefined;

/**
 * Whether a spec contradicts the `format` that a value was refused by: its own `pattern`, or an example or default that
 * the format refuses too and that looks as the value does (`2021-11-16` and `2024-05-06` under `date-time`).
 */
export function contradictsFormat(error: ErrorObject): boolean {
  const parent: unknown = error.parentSchema;
  const value: unknown = error.data;
  if (!isJsonObject(parent) || typeof value !== 'string') return false;
  // A text that its pattern refuses has an error of its own.
  if (typeof parent['pattern'] === 'string') return true;
  const examples = [parent['examples'], parent['example'], parent['default']].flat();
  return examples.some((example) => refuses(error.schema, example) && shapeOf(example) === shapeOf(value));
}

function refuses(format: unknown, example: Json | undefined): boolean {
  if (example === undefined) return false;
  if (formats === undefined) {
    formats = new Ajv({ strict: false, logger: false, meta: false, validateSchema: false });
    addFormats(formats);
  }
  return !formats.validate({ format: String(format) }, String(example));
}

function shapeOf(text: unknown): string {
  return String(text)
    .replaceAll(/\d/g, '9')
    .replaceAll(/\p{L}+/gu, 'a');
}
