import { readFileSync } from 'node:fs';
import type { ConnectorSpecification } from '@cuttle/protocol';

/** The spec of a connector from its `resources/spec.json`; the only file that `spec` reads. */
export function readSpec(path: string): ConnectorSpecification {
  return JSON.parse(readFileSync(path, 'utf8')) as ConnectorSpecification;
}
