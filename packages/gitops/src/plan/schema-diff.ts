import { fieldsOf, readCommittedCatalog } from '@cuttle/project';
import { isJsonObject, namespaceOf } from '@cuttle/protocol';
import type { RemoteStream } from '../client/wire.js';
import type { SchemaChange } from '../model/plan.js';
import { streamKeyOf } from '../model/streams.js';

/** Streams and top level columns of two discoveries that differ. */
export function diffCatalogs(
  source: string,
  before: readonly RemoteStream[],
  after: readonly RemoteStream[],
): readonly SchemaChange[] {
  const old = new Map(before.map((stream) => [streamKeyOf(stream), stream.fields]));
  const now = new Map(after.map((stream) => [streamKeyOf(stream), stream.fields]));
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort();
  return keys.flatMap((stream): SchemaChange[] => {
    const [was, is] = [old.get(stream), now.get(stream)];
    if (was === undefined) return [{ source, stream, action: 'add', added: is ?? [], removed: [] }];
    if (is === undefined) return [{ source, stream, action: 'remove', added: [], removed: was }];
    const added = is.filter((field) => !was.includes(field));
    const removed = was.filter((field) => !is.includes(field));
    return added.length + removed.length === 0 ? [] : [{ source, stream, action: 'change', added, removed }];
  });
}

/** The committed catalog of a source in the form of the server's; undefined when there is none that can be used. */
export function committedStreams(folder: string, source: string): readonly RemoteStream[] | undefined {
  const catalog = readCommittedCatalog(folder, source);
  if (catalog === undefined || catalog instanceof Error) return undefined;
  return catalog.filter(isJsonObject as (value: unknown) => boolean).map((stream) => ({
    name: stream.name,
    namespace: namespaceOf(stream),
    syncModes: [],
    defaultCursor: stream.default_cursor_field ?? [],
    hasSourceDefinedCursor: stream.source_defined_cursor === true,
    sourceDefinedKey: stream.source_defined_primary_key ?? [],
    fields: fieldsOf(stream),
  }));
}
