import fs from 'node:fs';
import path from 'node:path';
import { runDestinationIn } from '@cuttle/airbyte-cdk';
import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { type ConnectorProfile, connectorCommand, type Entry, openDestinationBench } from '@cuttle/testing';
import { BubbleDestination } from '../src/index.js';
import { configFor } from './profile.js';

const command = connectorCommand('destinations/bubble');
const entry: Entry = {
  name: 'destination-bubble',
  command,
  runIn: (host) => runDestinationIn(new BubbleDestination(), host),
};

const withStream = (config: JsonObject, change: object): JsonObject => {
  const [stream] = config['streams'] as JsonObject[];
  return { ...config, streams: [{ ...stream, ...change }] };
};

/** What the suites for every connector know of this destination. */
export function bubbleConnector(): ConnectorProfile {
  let sandbox: Sandbox;
  return {
    name: 'destination-bubble',
    folder: 'destinations/bubble',
    command,
    kind: 'destination',
    open: (place) =>
      openDestinationBench(entry, place, async () => {
        const opened = await startSandbox({ users: 1, orders: 1, idleVisits: 0 });
        sandbox = opened;
        return { config: configFor(opened, [['things', 'thing']]), close: () => opened.close() };
      }),
    badConfigs: [
      { name: 'no token', word: /api_token is required/, make: ({ config: { api_token: _, ...rest } }) => rest },
      { name: 'a wrong token', word: /api_token/, make: ({ config }) => ({ ...config, api_token: 'wrong-token-1' }) },
      {
        name: 'a token without the right to change things',
        word: /"Modify via API" on type "thing"/,
        make: ({ config }) => {
          const match = { record_field: 'id', bubble_field: 'id' };
          return { ...withStream(config, { match }), api_token: sandbox.bubble.app.userToken };
        },
      },
      {
        name: 'a token that expired',
        word: /api_token/,
        make: ({ config }) => {
          sandbox.bubble.app.renewTokens();
          return config;
        },
      },
      {
        name: 'no address at all',
        word: /app_url/,
        make: ({ config: { base_url: _, ...rest } }) => rest,
      },
      {
        name: 'a host that nobody answers on',
        word: /127\.0\.0\.1:9.*cannot be reached/,
        make: ({ config }) => ({ ...config, base_url: 'http://127.0.0.1:9/api/1.1' }),
      },
      {
        name: 'an unknown type',
        word: /no type "nowhere".*ticked/,
        make: ({ config }) => withStream(config, { bubble_type: 'nowhere' }),
      },
      {
        name: 'a field that the type lacks',
        word: /type "thing" does not fit the mapping: Field not found nope/,
        make: ({ config }) => withStream(config, { mapping: [{ from: 'a', to: 'nope' }] }),
      },
      {
        name: 'two entries for one stream',
        word: /two entries for stream "things"/,
        make: ({ config }) => {
          const [stream] = config['streams'] as JsonObject[];
          return { ...config, streams: [stream!, stream!] };
        },
      },
      {
        name: 'a ledger in a folder that cannot be made',
        word: /ledger_path.*cannot be written/,
        make: ({ folder, config }) => {
          fs.writeFileSync(path.join(folder, 'a-file'), '');
          return { ...config, ledger_path: path.join(folder, 'a-file', 'rejected.jsonl') };
        },
      },
      { name: 'a value out of bounds', word: /batch_size/, make: ({ config }) => ({ ...config, batch_size: 0 }) },
      {
        name: 'a limit that is no number',
        word: /max_rejected/,
        make: ({ config }) => ({ ...config, max_rejected: 'few' }),
      },
    ],
    memoryMiB: 800,
  };
}
