import type { ConfiguredStream, FieldPath, StreamDescriptor } from './message.js';

/** The namespace of a stream as it stands on the wire; undefined when it is null, missing or empty: these are one. */
export function namespaceOf({ namespace }: { readonly namespace?: unknown }): string | undefined {
  return typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
}

/** A text that is equal for two streams exactly when name and namespace are ({@link namespaceOf}). */
export function streamKey(stream: StreamDescriptor): string {
  return JSON.stringify([namespaceOf(stream) ?? null, stream.name]);
}

/** How a stream is named to a person: `namespace.name`, or the name alone. */
export function streamLabel(stream: StreamDescriptor): string {
  const namespace = namespaceOf(stream);
  return namespace === undefined ? stream.name : `${namespace}.${stream.name}`;
}

/** Cursor path of a configured stream; null, missing and `[]` all read as undefined. */
export function cursorPath(stream: ConfiguredStream): FieldPath | undefined {
  return stream.cursor_field != null && stream.cursor_field.length > 0 ? stream.cursor_field : undefined;
}

/** Key paths of a configured stream; null, missing and `[]` all read as `[]`. */
export function keyPaths(stream: ConfiguredStream): readonly FieldPath[] {
  return stream.primary_key ?? [];
}

/** Generation of a stream under the strict rule. */
export interface Generation {
  readonly id: number;
  /** Rows of generations below this are removed once the stream is COMPLETE; 0 removes nothing. */
  readonly minimum: number;
}

/**
 * The generation of a stream, or undefined for the plain rule (no generation ids: a custom image on Airbyte).
 * One of the two ids alone counts as the strict rule; a missing minimum reads as 0.
 */
export function generationOf(stream: ConfiguredStream): Generation | undefined {
  if (stream.generation_id == null && stream.minimum_generation_id == null) return undefined;
  return { id: stream.generation_id ?? 0, minimum: stream.minimum_generation_id ?? 0 };
}

/**
 * Whether the client of a stream gives each sync a number of its own. PyAirbyte sends 1 in every sync and the platform
 * without refreshes sends none, so only ids from 2 on tell one sync from the next.
 */
export function numbersSyncs({ sync_id: id }: ConfiguredStream): boolean {
  return id != null && id >= 2;
}

/** Content of the last STATE of a full refresh: it says that there is nothing to resume. */
export const FULL_REFRESH_COMPLETE = { __ab_full_refresh_sync_complete: true } as const;

/** Whether a stream state is a marker, null, absent or empty: such a state never identifies a batch. */
export function isMarkerState(state: unknown): boolean {
  if (state === null || state === undefined) return true;
  if (typeof state !== 'object') return false;
  const keys = Object.keys(state);
  return keys.length === 0 || keys.includes('__ab_full_refresh_sync_complete');
}
