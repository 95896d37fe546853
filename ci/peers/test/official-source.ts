import path from 'node:path';
import type { AirbyteCatalog, AirbyteMessage, JsonObject } from '@cuttle/protocol';
import { writeJson } from '@cuttle/testing';
import { programOf, runPeer } from './peer.js';

const RUNNER = path.join(__dirname, '..', 'python', 'run_rewritten.py');

/** A source of Airbyte's that reads an emulator. */
export interface OfficialSource {
  /** Key of the peer, and where its program begins. */
  readonly peer: string;
  readonly module: string;
  readonly config: JsonObject;
  /** The beginning of addresses to what takes its place. */
  readonly rewrite: Readonly<Record<string, string>>;
  /** Folder for its files. */
  readonly folder: string;
}

/** Reads those of its streams that are named, as full refresh. @returns records by stream. @throws with what it said */
export async function readOfficial(
  source: OfficialSource,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
  const config = writeJson(source.folder, 'config.json', source.config);
  const [found] = (await run(source, ['discover', '--config', config])).flatMap((message) =>
    message.type === 'CATALOG' ? [message.catalog as AirbyteCatalog] : [],
  );
  const streams = found!.streams
    .filter(({ name }) => names.has(name))
    .map((stream) => ({ stream, sync_mode: 'full_refresh', destination_sync_mode: 'overwrite' }));
  const catalog = writeJson(source.folder, 'catalog.json', { streams });
  const records = new Map<string, JsonObject[]>(streams.map(({ stream }) => [stream.name, []]));
  for (const message of await run(source, ['read', '--config', config, '--catalog', catalog])) {
    if (message.type === 'RECORD') records.get(message.record.stream)!.push(message.record.data);
  }
  return records;
}

async function run(source: OfficialSource, args: readonly string[]): Promise<readonly AirbyteMessage[]> {
  const env = { REWRITE: JSON.stringify(source.rewrite), MAX_SLEEP: '0.1' };
  const ended = await runPeer(programOf(source.peer), [RUNNER, source.module, 'run', ...args], {
    cwd: source.folder,
    env,
  });
  if (ended.exitCode !== 0) {
    const said = ended.stderr.slice(-2000) + ended.stdout.slice(-3000);
    throw new Error(`${source.module} ${args[0]} ended with ${ended.exitCode}: ${said}`);
  }
  const lines = ended.stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as AirbyteMessage);
}
