import { type Sandbox, startSandbox } from '../../src/index.js';

const TYPE = {
  name: 'note',
  display: 'Note',
  fields: [
    { id: 'title_text', display: 'title', type: 'text' },
    { id: 'count_number', display: 'count', type: 'number' },
    { id: 'status_option_os_status', display: 'status', type: 'option.os_status' },
    { id: 'when_date', display: 'when', type: 'date' },
  ],
};

describe('Bubble Data API stand-in, writes', () => {
  let sandbox: Sandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({ users: 3, orders: 3, idleVisits: 0 });
    sandbox.control.run('bubble.define', { definition: TYPE });
  });
  afterEach(() => sandbox.close());

  async function send(method: string, path: string, body?: unknown, token = sandbox.bubble.token) {
    const text = typeof body === 'string';
    const response = await fetch(`${sandbox.bubble.baseUrl}/obj/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': text ? 'text/plain' : 'application/json' },
      ...(body === undefined ? {} : { body: text ? body : JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  }
  const thing = (id: string) =>
    sandbox.control.run('bubble.get', { type: 'note', id }) as { modifiedMs: number; values: object } | null;

  it('creates, changes the given fields only, replaces, and deletes', async () => {
    const { status, text } = await send('POST', 'note', { title: 'a', count: 1, status: 'done' });
    expect(status).toBe(201);
    const { id } = JSON.parse(text) as { id: string };
    expect(thing(id)?.values).toEqual({ title_text: 'a', count_number: 1, status_option_os_status: 'done' });
    sandbox.control.clock.set('2024-09-03T00:00:00Z');
    expect(await send('PATCH', `note/${id}`, { count: 2, status: null })).toEqual({ status: 204, text: '' });
    expect(thing(id)).toMatchObject({ modifiedMs: Date.parse('2024-09-03T00:00:00Z') });
    expect(thing(id)?.values).toEqual({ title_text: 'a', count_number: 2 });
    await send('PUT', `note/${id}`, { count: 3 });
    expect(thing(id)?.values).toEqual({ count_number: 3 });
    expect((await send('DELETE', `note/${id}`)).status).toBe(204);
    expect(thing(id)).toBeNull();
    expect((await send('PATCH', `note/${id}`, { count: 4 })).status).toBe(404);
  });

  it('refuses unknown fields, built-in fields, wrong types and users without email, and writes nothing', async () => {
    for (const body of [
      { nope: 1 },
      { _id: 'x' },
      { 'Created Date': 1 },
      { count: '1' },
      { status: 'other' },
      { when: 'soon' },
    ]) {
      expect(await send('POST', 'note', body)).toMatchObject({
        status: 400,
        text: expect.stringContaining('INVALID_DATA'),
      });
    }
    expect(sandbox.control.run('bubble.count', { type: 'note' })).toBe(0);
    expect((await send('POST', 'user', { 'First Name': 'A' })).status).toBe(400);
    expect((await send('POST', 'user', { 'First Name': 'A', email: 'a@novel.example' })).status).toBe(201);
  });

  it('answers a bulk request with 200 and one line for each thing, also when some are refused', async () => {
    const { status, text } = await send('POST', 'note/bulk', '{"title":"a"}\n{"nope":1}\nbroken\n{"title":"b"}\n');
    expect(status).toBe(200);
    const lines = text.split('\n').map((line) => JSON.parse(line));
    expect(lines.map((line) => line.status)).toEqual(['success', 'error', 'error', 'success']);
    expect(sandbox.control.run('bubble.count', { type: 'note' })).toBe(2);
    expect((await send('POST', 'note/bulk', Array(1001).fill('{}').join('\n'))).status).toBe(400);
    expect((await send('POST', 'note/bulk', { title: 'a' })).status).toBe(400);
  });

  it('lets only the administrator write', async () => {
    expect((await send('POST', 'note', { title: 'a' }, sandbox.bubble.userToken)).status).toBe(401);
  });
});
