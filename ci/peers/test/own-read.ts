import type { AirbyteMessage, ConfiguredStream, JsonObject, StateMessage } from '@cuttle/protocol';
import { catalogIn, readParts, runWithFiles, type SourceProfile } from '@cuttle/testing';

/** What a source of ours gives for a config, read in this process. */
export interface OwnRead {
  readonly streams: readonly ConfiguredStream[];
  /** Records by stream, in order. */
  readonly records: ReadonlyMap<string, readonly JsonObject[]>;
  /** The last state of each stream. */
  readonly states: readonly StateMessage[];
}

/** How a client asks for streams; default a full refresh from nothing. */
interface Asked {
  readonly sync_mode?: ConfiguredStream['sync_mode'];
  readonly state?: readonly StateMessage[];
}

/** Reads all streams of a source of ours. @throws with its errors */
export async function readOwn(
  profile: SourceProfile,
  config: JsonObject,
  { sync_mode = 'full_refresh', state = [] }: Asked = {},
): Promise<OwnRead> {
  const { streams } = catalogIn(await runWithFiles(profile.runIn, 'discover', { config }));
  const configured = streams.map(
    (stream): ConfiguredStream => ({ stream, sync_mode, destination_sync_mode: 'overwrite' }),
  );
  const catalog = { streams: configured };
  const read = readParts(await runWithFiles(profile.runIn, 'read', { config, catalog, state }));
  if (read.exitCode !== 0) throw new Error(`${profile.name} ended with ${read.exitCode}: ${read.errors.join('\n')}`);
  return {
    streams: configured,
    records: new Map(streams.map(({ name }) => [name, recordsOf(read.messages, name)])),
    states: read.lastStates,
  };
}

function recordsOf(messages: readonly AirbyteMessage[], stream: string): readonly JsonObject[] {
  return messages.flatMap((message) =>
    message.type === 'RECORD' && message.record.stream === stream ? [message.record.data] : [],
  );
}

/** The primary key of a record as one text. */
export function keyOf({ stream }: ConfiguredStream, data: Readonly<Record<string, unknown>>): string {
  return JSON.stringify((stream.source_defined_primary_key ?? []).map(([name = '']) => String(data[name])));
}
