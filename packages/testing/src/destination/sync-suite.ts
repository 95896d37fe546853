import type { ConfiguredStream } from '@cuttle/protocol';
import { messagesOf, type RunResult, statesOf } from '../harness/run-command.js';
import { complete, incomplete, record, type StreamOptions, state, streamOf } from './fixture.js';
import type { DestinationProfile } from './profile.js';
import { openSuite, type Suite } from './suite.js';

const MARKER = { __ab_full_refresh_sync_complete: true };

/** The ids of clients by how they number syncs. */
const UNNUMBERED: Readonly<Record<string, StreamOptions>> = {
  'no ids': {},
  '1/1/1': { generation: 1, minimum: 1, syncId: 1 },
  '1/0/1': { generation: 1, minimum: 0, syncId: 1 },
  '0/0/0': { generation: 0, minimum: 0, syncId: 0 },
};

/** What the tests of {@link syncSuite} share. */
interface Users {
  stream(options: StreamOptions, name?: string): ConfiguredStream;
  /** Names in the table, sorted. */
  names(name?: string): Promise<readonly unknown[]>;
}

/** D-EX, D-OVW, D-PLN: which sync an input belongs to, for clients that number their syncs and for those that do not. */
export function syncSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  const users: Users = {
    stream: (options, name = 'users') => streamOf(name, { id: 'integer', name: 'string' }, options),
    names: async (name = 'users') => (await suite.warehouse.data(name)).map((row) => row['name']).sort(),
  };
  unnumberedAppends(suite, users);
  unnumberedTruncates(suite, users);
  literalOverwrites(suite, users);
  numberedSyncs(suite, users);
  partlyFailedSyncs(suite, users);
}

function unnumberedAppends({ check, warehouse: _, ...rest }: Suite, users: Users): void {
  const suite = rest as unknown as Suite;
  void suite;
  void check;
  void users;
}
