import { type Sandbox, startSandbox } from '../../src/index.js';

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ users: 5, orders: 5, idleVisits: 0 });
});

afterEach(() => sandbox.close());

const get = (path = '/obj/user'): Promise<Response> =>
  fetch(sandbox.bubble.baseUrl + path, { headers: { authorization: `Bearer ${sandbox.bubble.token}` } });

const control = async (action: string, params: unknown = {}): Promise<unknown> => {
  const response = await fetch(`${sandbox.url}/__control/${action}`, { method: 'POST', body: JSON.stringify(params) });
  const body = (await response.json()) as { result?: unknown; error?: string };
  if (body.error !== undefined) throw new Error(body.error);
  return body.result;
};

describe('faults', () => {
  it('strikes after the given number of matching requests, as often as it should', async () => {
    const fault = { kind: 'status', status: 500 } as const;
    sandbox.control.faults.add({ fault, match: { path: '/obj/user' }, after: 1, count: 2 });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await get()).status, (await get('/obj/order')).status);
    expect(statuses).toEqual([200, 200, 500, 200, 500, 200, 200, 200, 200, 200]);
  });

  it.each([
    ['seconds', /^7$/],
    ['date', / GMT$/],
    ['absent', /^null$/],
    ['negative', /^-5$/],
    ['huge', /^999999999$/],
  ] as const)('writes Retry-After as %s', async (retryAfter, expected) => {
    await control('faults.add', { fault: { kind: 'rate_limit', retryAfter, seconds: 7 } });
    const response = await get();
    expect(response.status).toBe(429);
    expect(String(response.headers.get('retry-after'))).toMatch(expected);
  });

  it('never dates Retry-After too early', async () => {
    await control('faults.add', { fault: { kind: 'rate_limit', retryAfter: 'date', seconds: 2, status: 503 } });
    const asked = Date.now();
    const response = await get();
    const answered = Date.now();
    const until = Date.parse(response.headers.get('retry-after') ?? '');
    expect(response.status).toBe(503);
    expect(until).toBeGreaterThanOrEqual(asked + 2_000);
    expect(until).toBeLessThanOrEqual(answered + 3_000);
  });

  it('leaves a field out of the true answer', async () => {
    const whole = (await (await get()).json()) as { readonly response: object };
    sandbox.control.faults.add({ fault: { kind: 'without_field', field: 'response.count' } });
    const { count: _count, ...rest } = whole.response as { readonly count: number };
    expect(await (await get()).json()).toEqual({ response: rest });
    sandbox.control.faults.add({ fault: { kind: 'without_field', field: 'nothing.like.it' } });
    expect(await (await get()).json()).toEqual(whole);
  });

  it('resets the connection before or after the work', async () => {
    sandbox.control.faults.add({ fault: { kind: 'reset' } });
    await expect(get()).rejects.toThrow();
    expect((await get()).status).toBe(200);
    expect(sandbox.control.log.find({ system: 'bubble' }).map((entry) => entry.status)).toEqual([0, 200]);
  });

  it('cuts JSON off, breaks the body, sends HTML, or sends slowly', async () => {
    sandbox.control.faults.add({ fault: { kind: 'truncated_json' } });
    await expect((await get()).json()).rejects.toThrow(/JSON/);
    sandbox.control.faults.add({ fault: { kind: 'cut_body' } });
    await expect(get().then((response) => response.text())).rejects.toThrow();
    sandbox.control.faults.add({ fault: { kind: 'html' } });
    expect(await (await get()).text()).toMatch(/^<!DOCTYPE html>/);
    sandbox.control.faults.add({ fault: { kind: 'slow_body', pieces: 4, pauseMs: 20 } });
    const start = performance.now();
    expect(await (await get()).json()).toHaveProperty('response.count', 5);
    expect(performance.now() - start).toBeGreaterThan(55);
  });

  it('expires tokens', async () => {
    const { token } = sandbox.bubble;
    sandbox.control.faults.add({ fault: { kind: 'expire_tokens' } });
    expect((await get()).status).toBe(401);
    expect(sandbox.bubble.token).not.toBe(token);
    expect((await get()).status).toBe(200);
  });
});

describe('control over HTTP', () => {
  it('sets the clock, edits data, schedules and counts', async () => {
    await control('clock.set', { time: '2024-10-01T00:00:00.000Z' });
    await control('clock.advance', { ms: 1500 });
    const id = await control('bubble.insert', { type: 'category', values: { name: 'art' } });
    expect(String(id)).toMatch(/^1727740801500x\d{18}$/);
    await control('before', {
      nth: 1,
      match: { path: 'category' },
      action: 'bubble.remove',
      params: { type: 'category', id },
    });
    expect((await get(`/obj/category/${String(id)}`)).status).toBe(404);
    expect(await control('requests.count', { system: 'bubble', path: 'category' })).toBe(1);
    expect(await control('requests.list')).toMatchObject([{ method: 'GET', status: 404, system: 'bubble' }]);
  });

  it('tells what is wrong with an action', async () => {
    await expect(control('nothing')).rejects.toThrow(/No action "nothing"/);
    await expect(control('bubble.remove', { type: 'user', id: 'x' })).rejects.toThrow(/No thing "x"/);
    await expect(control('bubble.insert', { type: 'user', values: { nope: 1 } })).rejects.toThrow(/no field "nope"/);
    await expect(control('before', { nth: 1, action: 'nope' })).rejects.toThrow(/No action "nope"/);
  });
});
