import { type Sandbox, SURPRISE_NOVEL_ID, startSandbox } from '../../src/index.js';

interface List {
  readonly cursor: number;
  readonly results: Record<string, unknown>[];
  readonly count: number;
  readonly remaining?: number;
}

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ users: 20, orders: 30, idleVisits: 0 });
});

afterEach(() => sandbox.close());

function get(path: string, token: string | null = sandbox.bubble.token): Promise<Response> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return fetch(path.startsWith('http') ? path : sandbox.bubble.baseUrl + path, { headers });
}

async function list(type: string, query: Record<string, string> = {}, token?: string | null): Promise<List> {
  const response = await get(`/obj/${type}?${new URLSearchParams(query)}`, token);
  expect(response.status).toBe(200);
  return ((await response.json()) as { response: List }).response;
}

const constraint = (key: string, constraint_type: string, value?: unknown): string =>
  JSON.stringify([{ key, constraint_type, value }]);

function seed(type: string, count: number, params: Record<string, unknown> = {}): void {
  const definition = { name: type, display: type, fields: [{ id: 'title_text', display: 'title', type: 'text' }] };
  sandbox.control.run('bubble.define', { definition });
  sandbox.control.run('bubble.seed', { type, count, created: '2024-05-01T00:00:00.000Z', ...params });
}

describe('Bubble Data API stand-in', () => {
  it('gives at most 100 items a page, 50 without a limit, and says what remains', async () => {
    seed('big', 250);
    expect(await list('big', { limit: '1000' })).toMatchObject({ cursor: 0, count: 100, remaining: 150 });
    expect(await list('big')).toMatchObject({ count: 50, remaining: 200 });
    expect(await list('big', { limit: '100', cursor: '200' })).toMatchObject({ cursor: 200, count: 50, remaining: 0 });
  });

  it('leaves remaining out when asked to', async () => {
    expect(await list('user', { exclude_remaining: 'true' })).not.toHaveProperty('remaining');
  });

  it('gives nothing beyond the 50,000th item of a search, without an error', async () => {
    seed('big', 50_010);
    const sorted = { sort_field: 'Created Date', limit: '100' };
    expect(await list('big', { ...sorted, cursor: '49950' })).toMatchObject({ count: 50, remaining: 0 });
    expect(await list('big', { ...sorted, cursor: '50000' })).toMatchObject({ count: 0, remaining: 0 });
    const later = constraint('Created Date', 'greater than', '2024-05-01T13:50:00.000Z');
    expect(await list('big', { ...sorted, constraints: later })).toMatchObject({ count: 100 });
  });

  it('takes greater than as strict, also for a time in milliseconds', async () => {
    seed('same', 3, { stepMs: 0 });
    const time = '2024-05-01T00:00:00.000Z';
    const count = async (type: string, value: unknown): Promise<number> =>
      (await list('same', { constraints: constraint('Modified Date', type, value) })).count;
    expect(await count('greater than', time)).toBe(0);
    expect(await count('greater than', Date.parse(time) - 1)).toBe(3);
    expect(await count('less than', time)).toBe(0);
    expect(await count('less than', '2024-05-01T00:00:00.001Z')).toBe(3);
    expect(await count('equals', time)).toBe(3);
  });

  it.each([
    ['title', 'equals', 'title 3', 1],
    ['title', 'not equal', 'title 3', 9],
    ['title', 'in', ['title 1', 'title 2', 'none'], 2],
    ['title', 'not in', ['title 1'], 9],
    ['title', 'text contains', 'TITLES 4', 1],
    ['title', 'not text contains', 'title', 0],
    ['title', 'is_empty', undefined, 0],
    ['title', 'is_not_empty', undefined, 10],
  ])('filters by %s %s %j', async (key, type, value, expected) => {
    seed('ten', 10);
    expect((await list('ten', { constraints: constraint(key, type, value) })).count).toBe(expected);
  });

  it('filters lists and places', async () => {
    sandbox.control.run('bubble.wide');
    const count = async (key: string, type: string, value?: unknown): Promise<number> =>
      (await list('rentalunit', { constraints: constraint(key, type, value) })).count;
    expect(await count('Nicknames', 'contains', 'The Nest')).toBe(1);
    expect(await count('Nicknames', 'not contains', 'The Nest')).toBe(3);
    expect(await count('Nicknames', 'empty')).toBe(3);
    expect(await count('Nicknames', 'not empty')).toBe(1);
    const near = { range: 5, unit: 'km', lat: 51.22, lng: 4.4 };
    expect(await count('🏠 Address', 'geographic_search', near)).toBe(1);
    expect(await count('🏠 Address', 'geographic_search', { ...near, lat: 50 })).toBe(0);
  });

  it('finds things by a list of ids', async () => {
    const ids = sandbox.control.run('bubble.ids', { type: 'order' }) as string[];
    const found = await list('order', { constraints: constraint('_id', 'in', [ids[3], ids[1], 'unknown']) });
    expect(found.results.map((thing) => thing['_id'])).toEqual([ids[1], ids[3]]);
  });

  it('refuses unknown fields, unknown constraint types and sorting by a list with 400', async () => {
    sandbox.control.run('bubble.wide');
    const status = async (query: Record<string, string>): Promise<number> =>
      (await get(`/obj/rentalunit?${new URLSearchParams(query)}`)).status;
    expect(await status({ constraints: constraint('nothing', 'equals', 1) })).toBe(400);
    expect(await status({ constraints: constraint('Unit Name', 'greater or equal', 1) })).toBe(400);
    expect(await status({ constraints: '[broken' })).toBe(400);
    expect(await status({ sort_field: 'Nicknames' })).toBe(400);
  });

  it('sorts by the modification and moves an edited thing to the end', async () => {
    seed('ten', 10);
    const sorted = { sort_field: 'Modified Date', descending: 'false' };
    const before = (await list('ten', sorted)).results.map((thing) => thing['_id']);
    const modified = '2024-06-01T00:00:00.000Z';
    sandbox.control.run('bubble.update', { type: 'ten', id: before[2], values: { title: 'new' }, modified });
    const after = (await list('ten', sorted)).results;
    expect(after.map((thing) => thing['_id'])).toEqual([...before.slice(0, 2), ...before.slice(3), before[2]]);
    expect(after[9]).toMatchObject({ title: 'new', 'Modified Date': modified });
    const reversed = (await list('ten', { ...sorted, descending: 'true' })).results;
    expect(reversed.map((thing) => thing['_id'])).toEqual(after.map((thing) => thing['_id']).reverse());
  });

  it('edits data just before the nth request', async () => {
    seed('ten', 10);
    const ids = sandbox.control.run('bubble.ids', { type: 'ten' }) as string[];
    const params = { type: 'ten', id: ids[0] };
    sandbox.control.run('before', { nth: 2, match: { path: '/obj/ten' }, action: 'bubble.remove', params });
    expect((await list('ten')).count).toBe(10);
    expect((await list('ten')).count).toBe(9);
  });

  it('leaves empty fields out and keeps explicit nulls', async () => {
    sandbox.control.run('bubble.wide');
    const { results } = await list('rentalunit');
    expect(Object.keys(results[1] ?? {}).sort()).toEqual(['Created Date', 'Modified Date', 'Unit Name', '_id']);
    expect(results[2]).toMatchObject({ 'Unit Name': null, Nicknames: [] });
  });

  it('shows display names and option texts, or ids and slugs', async () => {
    sandbox.control.run('bubble.wide');
    const [shown] = (await list('rentalunit')).results;
    expect(shown).toMatchObject({ 'Is Paid?': true, is_paid: false, Status: 'Não iniciada' });
    expect(shown).toMatchObject({ Tags: ['Sea view', 'Pets 🐕'], 'Available from': '2024-04-01T08:00:00.123Z' });
    sandbox.control.run('bubble.settings', { keyStyle: 'id' });
    const [byId] = (await list('rentalunit')).results;
    expect(byId).toMatchObject({ is_paid__boolean: true, is_paid1_boolean: false });
    expect(byId).toMatchObject({ status_option_os_unit_status: 'n_o_iniciada', 'Created Date': expect.anything() });
  });

  it('repeats a wrong token in its 401, even with the Data API off', async () => {
    sandbox.control.run('bubble.settings', { isDataApiOn: false });
    const response = await get('/obj/user', 'wrong-token');
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ translation: 'Invalid or expired token: wrong-token' });
  });

  it('answers one and the same 404 for a type that is unknown, not ticked, or behind a Data API that is off', async () => {
    sandbox.control.run('bubble.wide');
    const answer = async (type: string): Promise<unknown> => {
      const response = await get(`/obj/${type}`);
      return [response.status, ((await response.json()) as { body: { status: string } }).body.status];
    };
    expect(await answer('nothing')).toEqual([404, 'MISSING_DATA']);
    expect(await answer('hidden')).toEqual([404, 'MISSING_DATA']);
    sandbox.control.run('bubble.settings', { isDataApiOn: false });
    expect(await answer('user')).toEqual([404, 'MISSING_DATA']);
  });

  it('gives one thing by id and 404 for a deleted one', async () => {
    const response = await get(`/obj/novel/${SURPRISE_NOVEL_ID}`);
    expect(await response.json()).toMatchObject({ response: { _id: SURPRISE_NOVEL_ID, title: 'Surprise me' } });
    sandbox.control.run('bubble.remove', { type: 'novel', id: SURPRISE_NOVEL_ID });
    expect((await get(`/obj/novel/${SURPRISE_NOVEL_ID}`)).status).toBe(404);
  });

  it('hides fields and lists from a user token', async () => {
    const { userToken } = sandbox.bubble;
    expect((await list('order', {}, userToken)).count).toBe(0);
    const [user] = (await list('user', {}, userToken)).results;
    expect(user).not.toHaveProperty('authentication');
    expect((await list('user')).results[0]).toHaveProperty('authentication.email.email');
  });

  it('keeps the data of version-test and of branches apart', async () => {
    const count = async (root: string): Promise<number> => {
      const response = await get(`${sandbox.bubble.appUrl}${root}/api/1.1/obj/user`);
      return ((await response.json()) as { response: List }).response.count;
    };
    expect([await count(''), await count('/version-test')]).toEqual([20, 5]);
    expect((await get(`${sandbox.bubble.appUrl}/feature/api/1.1/obj/user`)).status).toBe(404);
    sandbox.control.run('bubble.branch', { name: 'feature' });
    sandbox.control.run('bubble.define', {
      environment: 'feature',
      definition: { name: 'user', display: 'User', fields: [] },
    });
    expect(await count('/feature')).toBe(0);
  });

  it('gives meta to a token and swagger to anybody, each only when it is on', async () => {
    const meta = (await (await get('/meta')).json()) as { get: string[]; types: Record<string, { fields: unknown[] }> };
    expect(meta.get).toEqual(['user', 'category', 'novel', 'order']);
    expect(meta.types['novel']?.fields).toContainEqual({ id: 'price_number', display: 'price', type: 'number' });
    const swagger = (await (await get('/meta/swagger.json', null)).json()) as { definitions: Record<string, unknown> };
    expect(swagger.definitions['order']).toMatchObject({
      properties: { novel: { type: 'string', description: "novel ('novel' represented by a unique ID)" } },
    });
    sandbox.control.run('bubble.settings', { isMetaOn: false, isSwaggerOn: false });
    expect((await get('/meta')).status).toBe(404);
    expect((await get('/meta/swagger.json')).status).toBe(404);
  });

  it('answers 429, or the 503 of legacy plans, once the budget is used up', async () => {
    sandbox.control.run('bubble.settings', { budget: { requests: 2 } });
    expect((await get('/obj/user')).status).toBe(200);
    expect((await get('/obj/user')).status).toBe(200);
    const limited = await get('/obj/user');
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    sandbox.control.run('bubble.settings', { budget: { requests: 0, status: 503, retryAfter: 'absent' } });
    const legacy = await get('/obj/user');
    expect([legacy.status, legacy.headers.get('retry-after')]).toEqual([503, null]);
    sandbox.control.run('bubble.settings', { budget: null });
    expect((await get('/obj/user')).status).toBe(200);
  });

  it('answers 400 in plain text for an app that does not exist', async () => {
    const response = await get(`${sandbox.url}/unknown-app/api/1.1/obj/user`);
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/plain; charset=utf-8']);
  });

  it('seeds 120,000 things', async () => {
    seed('big', 120_000);
    const later = constraint('Modified Date', 'greater than', '2024-05-02T09:19:58.000Z');
    const page = await list('big', { sort_field: 'Modified Date', constraints: later, limit: '100' });
    expect(page.results.map((thing) => thing['title'])).toEqual(['title 119999']);
  });
});
