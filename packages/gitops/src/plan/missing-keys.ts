import { ConfigError } from '@cuttle/protocol';
import { listOf } from '../client/wire.js';
import { mappersToSend } from '../model/mappers.js';
import { identityOf, streamKeyOf, wantedStreams } from '../model/streams.js';
import type { Work } from './planned.js';

/** Why keys of `encrypt` steps that a connection has to send are not there, one sentence each. */
export function missingKeys({ wanted, remote, item }: Work & { readonly kind: 'connection' }): readonly string[] {
  if (item.action === 'none') return [];
  const known = item.action === 'update' ? (remote?.streams ?? []) : [];
  return wantedStreams(wanted, undefined).flatMap(({ key, settings }) => {
    const stream = known.find((entry) => streamKeyOf(identityOf(entry)) === key || entry['name'] === key);
    try {
      mappersToSend(settings, wanted, listOf(stream?.['mappers']));
      return [];
    } catch (error) {
      return error instanceof ConfigError ? [error.message] : [String(error)];
    }
  });
}
