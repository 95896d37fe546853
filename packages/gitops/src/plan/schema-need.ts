import type { WantedConnection } from '@cuttle/project';
import { listOf, type RemoteConnection, texts } from '../client/wire.js';
import { keyOf } from '../model/plan.js';
import { streamMark } from '../model/stream-mark.js';
import {
  remoteStreamLeaves,
  streamLeaf,
  type WantedStream,
  wantedStreamLeaves,
  wantedStreams,
} from '../model/streams.js';
import { diffLeaves } from './diff.js';
import type { PlanContext } from './make-plan.js';

/**
 * Whether the streams of a connection that is there can be called equal without the schema of its source: reading one
 * may start a discovery. They can when nothing has changed since they were last compared, which the lock tells, or when
 * the documents say every value that somebody could have changed in Airbyte.
 */
export function isEqualWithoutSchema(
  context: PlanContext,
  wanted: WantedConnection,
  remote: RemoteConnection,
): boolean {
  if (wanted.unlisted !== undefined || isBumped(context, wanted)) return false;
  const known = context.session.lock?.get(keyOf('connection', wanted.name));
  if (known?.streamMark !== undefined && known.streamMark === streamMark(wanted, remote)) return true;
  const streams = wantedStreams(wanted, undefined);
  const actual = new Map(remote.streams.map((stream) => [String(stream['name']), stream]));
  return (
    streams.length === remote.streams.length &&
    streams.every((stream) => {
      const found = actual.get(stream.key);
      return found !== undefined && isDecided(stream, texts(found['cursorField'])) && isSame(stream, found);
    })
  );
}

/** Whether the image of the source's connector changes, after which its schema may be another one. */
export function isBumped(context: PlanContext, wanted: WantedConnection): boolean {
  return context.matched.connectors.some(
    (entry) =>
      entry.definition !== undefined &&
      entry.definition.tag !== entry.wanted.image?.tag &&
      context.stack.actors.some((actor) => actor.name === wanted.source && actor.connector === entry.wanted.key),
  );
}

/**
 * A cursor that the documents leave to the source is the source's own or one that somebody chose in Airbyte: only the
 * schema tells. A key is not: where it matters, Airbyte refuses every key but the source's, or the documents have one.
 */
function isDecided({ settings }: WantedStream, cursor: readonly string[]): boolean {
  const isIncremental = settings.sync?.startsWith('incremental') === true;
  const isExcluding = settings.fields !== undefined && 'exclude' in settings.fields;
  return !isExcluding && (!isIncremental || settings.cursor !== undefined || cursor.length === 0);
}

function isSame(stream: WantedStream, found: RemoteConnection['streams'][number]): boolean {
  const actual = remoteStreamLeaves(found, undefined);
  const wanted = wantedStreamLeaves(stream);
  const leftToSource = stream.settings.primaryKey === undefined || listOf(found['primaryKey']).length === 0;
  return diffLeaves(wanted, actual, undefined).every((change) => {
    const name = streamLeaf(change.field)?.name;
    return !('after' in change) && (name === 'cursor' || (name === 'key' && leftToSource));
  });
}
