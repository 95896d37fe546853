import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { connectorCommand, makeFolder, messagesOf, removeFolder, runCommand, writeJson } from '@cuttle/testing';
import { configFor } from './harness.js';

/** Runs by command: in a test's process the library of the default credentials cannot load its HTTP client. */
describe('a token endpoint that redirects to another host', () => {
  const folder = makeFolder();
  const command = connectorCommand('sources/ga4-events');
  let sandbox: Sandbox;
  let elsewhere: Server;
  let asked: string[];
  const host = () => `localhost:${(elsewhere.address() as AddressInfo).port}`;

  beforeAll(async () => {
    sandbox = await startSandbox({ users: 3, orders: 3, idleVisits: 3, firstDay: '2024-08-30' });
    elsewhere = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: sandbox.bigquery.token, expires_in: 3600 }));
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    asked = [];
    const fault = { kind: 'status', status: 307, headers: { location: `http://${host()}/token?hush` } } as const;
    sandbox.control.faults.clear();
    sandbox.control.faults.add({ fault, match: { system: 'oauth' }, count: 0 });
  });
  afterAll(async () => {
    await sandbox.close();
    elsewhere.close();
    elsewhere.closeAllConnections();
    removeFolder(folder);
  });

  async function check(more: JsonObject, env: Readonly<Record<string, string>> = {}) {
    const config = writeJson(folder, 'config.json', configFor(sandbox, more));
    const result = await runCommand(command, ['check', '--config', config], { env });
    return messagesOf(result, 'CONNECTION_STATUS').map(({ connectionStatus }) => connectionStatus);
  }

  it('X-08 of a key file: the signed assertion does not go along', async () => {
    const message = `token_uri in credentials_json redirects to ${host()}; use that address.`;
    expect([await check({}), asked]).toEqual([[{ status: 'FAILED', message }], []]);
  });

  it('X-08 of default credentials: neither does the token of a workload', async () => {
    const token = path.join(folder, 'token');
    fs.writeFileSync(token, 'signed-token');
    const workload = writeJson(folder, 'workload.json', {
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${sandbox.url}/oauth/token`,
      credential_source: { file: token },
    });
    const env = { METADATA_SERVER_DETECTION: 'none', GOOGLE_APPLICATION_CREDENTIALS: workload };
    const message = `The token address of the default credentials redirects to ${host()}; use that address.`;
    expect([await check({ credentials_json: '' }, env), asked]).toEqual([[{ status: 'FAILED', message }], []]);
  });
});
