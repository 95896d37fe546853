import { runDestinationIn } from '@cuttle/airbyte-cdk';
import { type ConnectorProfile, connectorCommand, type Entry, openDestinationBench } from '@cuttle/testing';
import { AcmeDestination } from '../src/index.js';
import { type AcmeStandIn, startStandIn } from './stand-in.js';

/** The command under test. */
export const command = connectorCommand('destinations/acme');

const entry: Entry = {
  name: 'destination-acme',
  command,
  runIn: (host) => runDestinationIn(new AcmeDestination(), host),
};

/** A config that reaches the stand-in, with short waits. */
export function configFor({ baseUrl, token }: AcmeStandIn): { readonly [name: string]: string | number | boolean } {
  return {
    api_token: token,
    base_url: baseUrl,
    allow_private_hosts: true,
    requests_per_second: 10_000,
    http_backoff_ms: 1,
    http_max_wait_seconds: 5,
    commit_interval_ms: 20,
  };
}

/** What the suites for every connector know of this destination. */
export function acmeConnector(): ConnectorProfile {
  return {
    name: 'destination-acme',
    folder: 'destinations/acme',
    command,
    kind: 'destination',
    open: (place) =>
      openDestinationBench(entry, place, async () => {
        const standIn = await startStandIn();
        return { config: configFor(standIn), close: () => standIn.close() };
      }),
    badConfigs: [
      {
        name: 'a host that nobody answers on',
        word: /127\.0\.0\.1:9.*cannot be reached/,
        make: ({ config }) => ({ ...config, base_url: 'http://127.0.0.1:9' }),
      },
      {
        name: 'no token',
        word: /api_token is required/,
        make: ({ config: { api_token: _token, ...rest } }) => rest,
      },
      { name: 'a wrong token', word: /api_token/, make: ({ config }) => ({ ...config, api_token: 'wrong-token' }) },
      {
        name: 'a value out of bounds',
        word: /requests_per_second/,
        make: ({ config }) => ({ ...config, requests_per_second: 0 }),
      },
    ],
    memoryMiB: 800,
  };
}
