import type { AirbyteTarget } from '@cuttle/project';
import { ConfigApi } from '../src/client/config-api.js';
import { type ApiCall, ApiClient } from '../src/client/http.js';
import { PublicApi } from '../src/client/public-api.js';

const TARGET: AirbyteTarget = {
  name: 'prod',
  url: 'https://airbyte.example.com',
  auth: { kind: 'client', clientId: 'me', clientSecret: 'canary-secret' },
  headers: { 'x-proxy-token': 'canary-proxy' },
  destinationOverrides: new Map(),
  secrets: ['canary-secret'],
};
const TOKEN = JSON.stringify({ access_token: 'canary-token', expires_in: 60 });
const CALL = { api: 'public', path: '/x', isRead: false } as const;
const clock = { now: () => 0, random: () => 0.5, sleep: async () => undefined };

/** A client whose requests, the one for a token aside, all get one answer; `asked` gets each request. */
function client(answer: () => Response, asked: string[] = [], isTokenFine = true): ApiClient {
  const fetcher: typeof fetch = async (input, init) => {
    asked.push(`${init?.redirect} ${init?.method} ${new URL(String(input)).host}`);
    return String(input).endsWith('/token') && isTokenFine ? new Response(TOKEN) : answer();
  };
  return new ApiClient(TARGET, { fetch: fetcher, clock, timeoutMs: 1000, slowTimeoutMs: 1000 });
}

describe('answers of an Airbyte server', () => {
  const location = 'https://me:canary@login.example.com/in?token=canary';
  const redirected = {
    code: 'CONFIG_REDIRECTED',
    failureType: 'config_error',
    message: 'The url of target "prod" redirects to login.example.com; use that address.',
  };

  it.each([301, 302, 303, 307, 308])('X-08 %i: no secret, token or change goes to another host', async (status) => {
    const answer = () => new Response(null, { status, headers: { location } });
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const) {
      const asked: string[] = [];
      const call: ApiCall = { ...CALL, method, isRead: method === 'GET' };
      await expect(client(answer, asked).request(call)).rejects.toMatchObject(redirected);
      expect(asked).toEqual(['manual POST airbyte.example.com', `manual ${method} airbyte.example.com`]);
    }
    const asked: string[] = [];
    await expect(client(answer, asked, false).request({ ...CALL, method: 'GET' })).rejects.toMatchObject(redirected);
    expect(asked).toEqual(['manual POST airbyte.example.com']);
  });

  it('a Config API behind a login page is one that is not there', async () => {
    const answer = () => new Response(null, { status: 302, headers: { location } });
    await expect(new ConfigApi(client(answer)).isThere()).resolves.toBe(false);
  });

  it.each([
    201, 202, 204, 205, 206,
  ])('%i where 200 is documented proves nothing, for reads and writes', async (status) => {
    const answer = () => new Response([204, 205].includes(status) ? null : '{"data":[]}', { status });
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] as const) {
      const failure = { code: `AIRBYTE_${status}`, outcome: 'unclear' };
      await expect(client(answer).request({ ...CALL, method })).rejects.toMatchObject(failure);
    }
  });

  it('deletions of sources, destinations and connections are done with 204 alone, those of definitions with 200', async () => {
    for (const [status, body] of [
      [204, null],
      [200, '{}'],
      [202, '{}'],
    ] as const) {
      const api = new PublicApi(
        client(() => new Response(body, { status })),
        'workspace',
      );
      const done = async (deletion: Promise<void>) => deletion.then(() => true).catch(() => false);
      const seen = [
        await done(api.deleteActor('source', 'a')),
        await done(api.deleteConnection('a')),
        await done(api.deleteDefinition('source', 'a')),
      ];
      expect([status, seen]).toEqual([status, [status === 204, status === 204, status === 200]]);
    }
  });

  it.each(['', ' ', 'Successful operation', '<html></html>'])('200 with the body %p is no answer', async (body) => {
    const call = { ...CALL, method: 'POST' } as const;
    await expect(client(() => new Response(body)).request(call)).rejects.toMatchObject({ outcome: 'unclear' });
  });
});
