import fs from 'node:fs';
import path from 'node:path';
import { isJsonObject, type JsonSchema } from '@cuttle/protocol';

/**
 * The `connectionSpecification` of a connector from its folder (`resources/spec.json`), without starting it; undefined
 * when the file is missing or is no spec.
 */
export function readConnectorSpec(folder: string): JsonSchema | undefined {
  let spec: unknown;
  try {
    spec = JSON.parse(fs.readFileSync(path.join(folder, 'resources', 'spec.json'), 'utf8'));
  } catch {
    return undefined;
  }
  if (!isJsonObject(spec)) return undefined;
  const schema = spec['connectionSpecification'];
  return isJsonObject(schema) ? schema : undefined;
}
