import { sign } from 'node:crypto';
import { type Sandbox, startSandbox } from '../../src/index.js';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ users: 2, orders: 2, idleVisits: 0 });
});

afterAll(() => sandbox.close());

function assertion(claims: Record<string, unknown> = {}): string {
  const { client_email, private_key, token_uri } = sandbox.bigquery.serviceAccount;
  const now = Math.floor(Date.now() / 1000);
  const scope = 'https://www.googleapis.com/auth/bigquery.readonly';
  const all = { iss: client_email, aud: token_uri, scope, iat: now, exp: now + 3600, ...claims };
  const text = [{ alg: 'RS256', typ: 'JWT' }, all].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signed = text.join('.');
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), private_key).toString('base64url')}`;
}

async function exchange(jwt: string): Promise<[number, Record<string, unknown>]> {
  const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });
  const response = await fetch(`${sandbox.url}/oauth/token`, { method: 'POST', body });
  return [response.status, (await response.json()) as Record<string, unknown>];
}

describe('token endpoint', () => {
  it('gives a token for a signed assertion, which opens the API', async () => {
    const [status, body] = await exchange(assertion());
    expect([status, body['token_type']]).toEqual([200, 'Bearer']);
    const headers = { authorization: `Bearer ${String(body['access_token'])}` };
    const root = `${sandbox.bigquery.baseUrl}/projects/novel-capstone/datasets/analytics_357192640`;
    expect((await fetch(root, { headers })).status).toBe(200);
  });

  it.each([
    ['an old assertion', { iat: 1, exp: 2 }],
    ['another audience', { aud: 'https://example.com' }],
    ['another account', { iss: 'someone@else' }],
    ['a scope that does not reach', { scope: 'openid' }],
  ])('refuses %s', async (_name, claims) => {
    expect(await exchange(assertion(claims))).toMatchObject([400, { error: 'invalid_grant' }]);
  });

  it('refuses a broken signature and a broken token', async () => {
    const good = assertion();
    expect((await exchange(`${good.slice(0, -8)}AAAAAAAA`))[0]).toBe(400);
    expect((await exchange('nothing'))[0]).toBe(400);
  });
});
