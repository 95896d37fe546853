import path from 'node:path';
import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import {
  errorsOf,
  makeFolder,
  messagesOf,
  type RunResult,
  removeFolder,
  runChecked,
  type SourceProfile,
  type StandIn,
  statesOf,
  writeJson,
} from '@cuttle/testing';
import { connectorFolders, imageName, ROOT, readMetadata } from '../connectors.js';
import { containerCommand, open } from './container.js';

const MB = 1_000_000;

/** What the source's own suites know of it. */
async function profileOf(folder: string): Promise<SourceProfile> {
  const module: Readonly<Record<string, unknown>> = await import(path.join(ROOT, folder, 'test', 'profile.ts'));
  const [make] = Object.values(module).filter((value): value is () => SourceProfile => typeof value === 'function');
  if (make === undefined) throw new Error(`${folder}/test/profile.ts exports no profile`);
  return make();
}

const sources = connectorFolders().filter((folder) => folder.startsWith('sources/'));

describe.each(sources.map((folder) => [imageName(folder), folder]))('%s (image)', (name, folder) => {
  const metadata = readMetadata(folder);
  let profile: SourceProfile;
  let standIn: StandIn;
  let secrets: string;

  beforeAll(async () => {
    profile = await profileOf(folder);
    standIn = await profile.start();
    secrets = makeFolder();
  });
  afterAll(async () => {
    await standIn.close();
    removeFolder(secrets);
  });

  /** Runs a command with files in /secrets and /config, mounted to be read only. */
  function run(
    args: readonly string[],
    files: Readonly<Record<string, unknown>>,
    more: Parameters<typeof runChecked>[2] = {},
  ): Promise<RunResult> {
    for (const [file, value] of Object.entries(files)) writeJson(secrets, file, value);
    open(secrets, 'read');
    const image = `${name}:${metadata['dockerImageTag']}`;
    // The second mount: the platform and our documents use either folder.
    const mounts = { [secrets]: '/secrets:ro' };
    const command = containerCommand(image, { network: 'host', mounts, more: ['-v', `${secrets}:/config:ro`] });
    return runChecked(command, args, more);
  }

  async function streamsOf(config: JsonObject, wanted: readonly string[]): Promise<readonly ConfiguredStream[]> {
    const result = await run(['discover', '--config', '/config/config.json'], { 'config.json': config });
    expect([result.exitCode, result.stderr]).toEqual([0, '']);
    const streams = messagesOf(result, 'CATALOG')[0]!.catalog.streams;
    const { streams: suggested } = metadata['suggestedStreams'] as { streams: readonly string[] };
    expect(streams.map((stream) => stream.name)).toEqual(expect.arrayContaining([...suggested]));
    return streams
      .filter((stream) => wanted.includes(stream.name))
      .map((stream) => ({ stream, sync_mode: 'full_refresh', destination_sync_mode: 'append' }));
  }

  it('I-04 I-05 check, discover with the suggested streams, read: every row of the remote system', async () => {
    const config = profile.config(standIn, standIn.url);
    const checked = await run(['check', '--config', '/secrets/config.json'], { 'config.json': config });
    expect(messagesOf(checked, 'CONNECTION_STATUS')[0]?.connectionStatus).toEqual({ status: 'SUCCEEDED' });
    expect(checked.exitCode).toBe(0);
    const truth = profile.truth(standIn);
    const streams = await streamsOf(config, Object.keys(truth));
    const result = await run(['read', '--config', '/secrets/config.json', '--catalog', '/config/catalog.json'], {
      'catalog.json': { streams },
    });
    expect([result.exitCode, errorsOf(result)]).toEqual([0, []]);
    const found: Record<string, string[]> = Object.fromEntries(Object.keys(truth).map((stream) => [stream, []]));
    for (const { record } of messagesOf(result, 'RECORD')) {
      found[record.stream]?.push(profile.identity(record.stream, record.data as JsonObject));
    }
    for (const [stream, ids] of Object.entries(truth)) {
      expect([stream, [...new Set(found[stream])].sort()]).toEqual([stream, [...ids].sort()]);
    }
    expect(statesOf(result).length).toBeGreaterThan(0);
  });

  it('I-04 SIGTERM reaches the connector through the entrypoint: one ERROR, 143, no COMPLETE', async () => {
    const { stream, config: extra } = profile.large(standIn, 30 * MB);
    const config = { ...profile.config(standIn, standIn.url), ...extra };
    const streams = await streamsOf(config, [stream]);
    let sent = false;
    const result = await run(
      ['read', '--config', '/secrets/config.json', '--catalog', '/secrets/catalog.json'],
      { 'catalog.json': { streams } },
      {
        bytesPerSecond: 2 * MB,
        onMessage: (message, child) => {
          if (sent || message.type !== 'RECORD') return;
          sent = true;
          child.kill('SIGTERM');
        },
      },
    );
    expect([sent, result.exitCode, result.rest, errorsOf(result).length]).toEqual([true, 143, '', 1]);
    expect(result.lines.some((line) => line.includes('"COMPLETE"'))).toBe(false);
  });
});
