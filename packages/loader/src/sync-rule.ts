import { type ConfiguredStream, type Generation, generationOf, numbersSyncs } from '@cuttle/protocol';
import type { ControlState } from './control.js';

/** What the warehouse holds of a stream before it is loaded. */
export interface FoundTables {
  readonly hasTable: boolean;
  /** A side table that an earlier attempt left behind. */
  readonly hasStaging: boolean;
}

/** Which sync an input belongs to, and what follows from it for one stream. */
export interface SyncRule {
  /** Undefined under the plain rule. */
  readonly generation: Generation | undefined;
  /**
   * Where the rows go: into the table itself; into a side table that keeps what earlier attempts brought; or into a side
   * table that each attempt makes for itself.
   */
  readonly lands: 'in table' | 'in kept side table' | 'in new side table';
  /** Whether the side table found is of this generation and keeps its rows. */
  readonly keepsStaging: boolean;
  /** Hashes of batches that count as a replay when they come again, in order. */
  readonly knownBatches: readonly string[];
  /** A client that does not number its syncs asks to remove older generations; its rows join the table instead. */
  readonly refusesTruncate: boolean;
  /** An earlier attempt of this numbered sync put its overwrite in place, and its states went back then. */
  readonly wasPlaced: boolean;
  /** The sync before is over, and this client does not number its syncs: equal batches are new rows. */
  readonly followsEndedSync: boolean;
}

/**
 * Decides which sync the input of one stream belongs to:
 *
 * - Numbered (`sync_id` from 2 on): the same sync as before while generation and `sync_id` equal those of the fence row,
 *   also after COMPLETE. A COMPLETE seen here does not prove that a state was stored there.
 * - Not numbered (no `sync_id`, 0 or 1): the same sync until the control table says that it ended.
 * - A minimum generation that was put in place before means more rows of it.
 * - A literal `overwrite` begins from nothing in each attempt. What its own sync put in place stays when nothing comes.
 * - A minimum generation with `sync_id` 0 or 1 on a table of which no generation was put in place removes nothing: such
 *   clients send the same ids in every sync, and the rows may be of the sync before.
 */
export function syncRule(configured: ConfiguredStream, known: ControlState, found: FoundTables): SyncRule {
  const generation = generationOf(configured);
  const isOverwrite = configured.destination_sync_mode === 'overwrite';
  const truncates = !isOverwrite && (generation?.minimum ?? 0) > 0 && !isInPlace(generation, known, found);
  const isUnnumbered = configured.sync_id != null && !numbersSyncs(configured);
  const refusesTruncate = truncates && isUnnumbered && known.placedGeneration === undefined;
  const lands = isOverwrite
    ? 'in new side table'
    : truncates && !refusesTruncate
      ? 'in kept side table'
      : ('in table' as const);
  const keepsStaging = lands === 'in kept side table' && isKept(generation, known, found);
  const hasItsRows = found.hasTable && (lands === 'in table' || keepsStaging);
  const isAppend = configured.destination_sync_mode === 'append';
  const continues = continuesSync(configured, generation, known);
  const isPlacedHere = known.placedGeneration === generation?.id && known.placedSyncId === configured.sync_id;
  return {
    generation,
    lands,
    keepsStaging,
    knownBatches: isAppend && hasItsRows && continues ? known.batches : [],
    refusesTruncate,
    wasPlaced: isOverwrite && numbersSyncs(configured) && continues && isPlacedHere,
    followsEndedSync: isAppend && lands === 'in table' && !numbersSyncs(configured) && known.hasEnded,
  };
}

/** Whether rows of this generation replaced older ones before, so that what follows are more rows of it. */
function isInPlace(generation: Generation | undefined, known: ControlState, { hasTable }: FoundTables): boolean {
  const placed = known.placedGeneration;
  return generation !== undefined && placed !== undefined && placed >= generation.minimum && hasTable;
}

function isKept(generation: Generation | undefined, known: ControlState, { hasStaging }: FoundTables): boolean {
  const held = known.stagingGeneration;
  return hasStaging && generation !== undefined && held !== undefined && held >= generation.minimum;
}

function continuesSync(configured: ConfiguredStream, generation: Generation | undefined, known: ControlState): boolean {
  const hasSameIds = known.generation === generation?.id && known.syncId === (configured.sync_id ?? undefined);
  return hasSameIds && (numbersSyncs(configured) || !known.hasEnded);
}
