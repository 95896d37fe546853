import type { WantedConnection } from '@cuttle/project';
import type { Json } from '@cuttle/protocol';
import type { RemoteConnection } from '../client/wire.js';
import { hashOf, type Leaves } from './leaves.js';
import { mapperText, wantedMappers } from './mappers.js';
import { overruled, remoteStreamLeaves, type WantedStream } from './streams.js';

/**
 * The streams of a connection as one text: what the documents say of them and what the server shows, both without the
 * source's schema. Where it is as it was when the two were last compared with the schema, there is nothing to compare.
 */
export function streamMark(wanted: WantedConnection, remote: RemoteConnection): string {
  const said = wanted.streams.map(({ position: _, transform, ...settings }) => ({
    ...settings,
    mappers: wantedMappers(transform).map(mapperText),
  }));
  // A server lists streams in any order.
  const shown = Object.assign({}, ...remote.streams.map((stream) => remoteStreamLeaves(stream, undefined))) as Leaves;
  return hashOf(JSON.parse(JSON.stringify([said, shown, remote.id, remote.sourceId])) as Json);
}

/**
 * {@link streamMark} of streams that were compared with the schema and are equal; undefined where a plan has to look at
 * the schema again, because it warns of something in it or takes whatever it has.
 */
export function markOfCompared(
  wanted: WantedConnection,
  streams: readonly WantedStream[],
  remote: RemoteConnection,
): string | undefined {
  const isPlain = streams.every((stream) => stream.found !== undefined && overruled(stream).length === 0);
  return isPlain && wanted.unlisted === undefined ? streamMark(wanted, remote) : undefined;
}
