import fs from 'node:fs';
import path from 'node:path';
import type { AirbyteMessage } from '@cuttle/protocol';
import { Ajv, type ValidateFunction } from 'ajv';
import { airbyteFolder } from './workspace.js';

let validator: ValidateFunction | undefined;

/** Why the platform's protocol schema cannot be used here, or undefined when it can. */
export function protocolSchemaMissing(): string | undefined {
  return airbyteFolder() === undefined ? 'the folder with the protocol schema is not there' : undefined;
}

/**
 * What the protocol's published schema has against a message; empty when it is valid, and when the schema is not there
 * ({@link protocolSchemaMissing} says so aloud in a test of its own).
 */
export function protocolProblems(message: AirbyteMessage): readonly string[] {
  const folder = airbyteFolder();
  if (folder === undefined) return [];
  validator ??= compile(path.join(folder, 'protocol', 'airbyte_protocol.schema.json'));
  const isValid: boolean = validator(message);
  if (isValid) return [];
  return (validator.errors ?? []).map(
    ({ instancePath, message: problem }) => `${message.type}${instancePath} ${problem}`,
  );
}

function compile(file: string): ValidateFunction {
  const schema = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly definitions: Record<string, unknown> };
  // `existingJavaType` is a keyword of the platform's code generator.
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  return ajv.compile({
    ...schema,
    $id: 'protocol',
    ...(schema.definitions['AirbyteMessage'] as object),
    definitions: schema.definitions,
  });
}
