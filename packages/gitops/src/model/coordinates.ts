import type { RemoteActor } from '../client/wire.js';
import { isMasked } from './leaves.js';

/** Where the server keeps each secret of a source or destination, by dotted path; empty when it shows masks. */
export function coordinatesOf(actor: RemoteActor): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) visit(part, path === '' ? key : `${path}.${key}`);
    } else if (typeof value === 'string' && isMasked(value) && value.startsWith('secret_coordinate::')) {
      found[path] = value;
    }
  };
  visit(actor.configuration, '');
  return found;
}
