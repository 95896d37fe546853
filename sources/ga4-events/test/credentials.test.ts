import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { decodeKey } from '../src/credentials.js';
import { configFor, errors, read, run } from './harness.js';

const KEY = { type: 'service_account', client_email: 'a@b', private_key: '-----BEGIN PRIVATE KEY-----\nx\n' };

describe('service account key', () => {
  it('takes the token endpoint of the key, Google by default', () => {
    expect(decodeKey(JSON.stringify(KEY)).tokenUri).toBe('https://oauth2.googleapis.com/token');
    expect(decodeKey(JSON.stringify({ ...KEY, token_uri: 'https://x/y' })).tokenUri).toBe('https://x/y');
  });

  it.each([
    ['nonsense', /not JSON/],
    ['[]', /not a JSON object/],
    ['{}', /"type"/],
    [JSON.stringify({ ...KEY, client_email: '' }), /client_email/],
    [JSON.stringify({ ...KEY, private_key: 'abc' }), /private_key/],
  ])('refuses %j, without quoting it', (text, message) => {
    expect(() => decodeKey(text)).toThrow(message);
  });
});

describe('tokens', () => {
  const env = { ...process.env };
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 3, orders: 3, idleVisits: 3, firstDay: '2024-08-30' });
  });

  afterEach(async () => {
    process.env = { ...env };
    await sandbox.close();
  });

  it('asks once for a token, however many requests wait for it', async () => {
    await read(sandbox);
    expect(sandbox.control.log.find({ system: 'oauth' })).toHaveLength(1);
  });

  it('says what to do when there are no default credentials', async () => {
    process.env = { ...env, METADATA_SERVER_DETECTION: 'none', HOME: '/nonexistent' };
    const result = await read(sandbox, { config: { credentials_json: '' } });
    expect(errors(result)[0]).toMatchObject({
      failure_type: 'config_error',
      message: expect.stringContaining('credentials_json'),
    });
  });

  it('says when a private key is damaged', async () => {
    const key = { ...sandbox.bigquery.serviceAccount, private_key: KEY.private_key };
    const config = configFor(sandbox, { credentials_json: JSON.stringify(key) });
    const result = await run('check', { config }, 0);
    expect(result.lines.join('\n')).toMatch(/FAILED.*private_key.*damaged/);
  });

  it('waits for a token endpoint that fails for a moment', async () => {
    sandbox.control.faults.add({ fault: { kind: 'status', status: 503 }, match: { system: 'oauth' } });
    expect((await read(sandbox)).exitCode).toBe(0);
  });
});
