import type { SyncMode } from '@cuttle/protocol';

/** How a stream may be synced, as documents say it. */
export const SYNC_WORDS = [
  'full refresh overwrite',
  'full refresh append',
  'full refresh overwrite dedup',
  'incremental append',
  'incremental dedup',
] as const;

/** How a stream is synced, as documents say it. */
export type SyncWord = (typeof SYNC_WORDS)[number];

/** What a sync word means on the wire under the strict rule. */
export interface SyncBehaviour {
  readonly syncMode: SyncMode;
  readonly destinationSyncMode: 'append' | 'append_dedup';
  /** Whether rows of earlier generations go away once the stream is complete. */
  readonly truncates: boolean;
}

/** Meaning of each sync word; overwrite arrives as append with a minimum generation (PROTOCOL: `supportsRefreshes`). */
export const SYNC_BEHAVIOUR: { readonly [word in SyncWord]: SyncBehaviour } = {
  'full refresh overwrite': { syncMode: 'full_refresh', destinationSyncMode: 'append', truncates: true },
  'full refresh append': { syncMode: 'full_refresh', destinationSyncMode: 'append', truncates: false },
  'full refresh overwrite dedup': { syncMode: 'full_refresh', destinationSyncMode: 'append_dedup', truncates: true },
  'incremental append': { syncMode: 'incremental', destinationSyncMode: 'append', truncates: false },
  'incremental dedup': { syncMode: 'incremental', destinationSyncMode: 'append_dedup', truncates: false },
};
