import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { configFor, configured, fetchThings, read, run } from './run-bubble.js';

describe('access', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 4, orders: 3 });
  });
  afterEach(() => sandbox.close());

  const statusOf = async (config: object) => {
    const { messages, text, exitCode } = await run('check', { config });
    const status = messages.find((message) => message.type === 'CONNECTION_STATUS');
    const { connectionStatus } = status as { connectionStatus: { status: string; message?: string } };
    return { ...connectionStatus, text, exitCode };
  };

  it('CHK-01 a good config succeeds; wrong host, app and token fail with a reason and exit 0', async () => {
    expect(await statusOf(configFor(sandbox))).toMatchObject({ status: 'SUCCEEDED', exitCode: 0 });
    const bad = [
      [{ app_url: 'http://127.0.0.1:9' }, /cannot be reached/],
      [{ app_url: `${sandbox.url}/unknown-app` }, /no Bubble app/],
      [{ environment: 'no-such-branch' }, /no-such-branch/],
      [{ app_url: undefined }, /app_url/],
      [{ allow_private_hosts: false }, /only https/],
    ] as const;
    for (const [extra, message] of bad) {
      const answer = await statusOf(configFor(sandbox, extra));
      expect(answer).toMatchObject({ status: 'FAILED', exitCode: 0, message: expect.stringMatching(message) });
    }
  });

  it('BUB-05 a token that the answer echoes appears nowhere (naive variant: quoting the answer shows it)', async () => {
    const token = 'echoed-canary-token-0123456789ab';
    const config = configFor(sandbox, { api_token: token, log_level: 'debug' });
    const answer = await fetch(`${sandbox.bubble.baseUrl}/meta`, { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.text()).toContain(token);
    const check = await statusOf(config);
    expect([check.status, check.message]).toEqual(['FAILED', expect.stringMatching(/does not accept the api_token/)]);
    const outputs = [check.text];
    for (const command of ['discover', 'read']) {
      const { text, exitCode } = await run(command, {
        config,
        ...(command === 'read' ? { catalog: { streams: [configured('user')] } } : {}),
      });
      expect([exitCode, text.includes('config_error')]).toEqual([1, true]);
      outputs.push(text);
    }
    for (const text of outputs) expect(text.toLowerCase()).not.toMatch(/canary|invalid or expired/);
  });

  it('BUB-05 a token that expires in mid-read stops with one config_error and never shows', async () => {
    sandbox.control.run('faults.add', { fault: { kind: 'expire_tokens' }, match: { path: '/obj/order' } });
    const config = configFor(sandbox, { concurrency: 1 });
    const token = sandbox.bubble.token;
    const { errors, exitCode, text } = await read(config, [configured('order'), configured('user')]);
    expect([exitCode, errors.length, text.includes(token)]).toEqual([1, 1, false]);
  });

  it('BUB-06 the text for a missing type names its causes (naive variant: "404 Not Found")', async () => {
    const { message } = await statusOf(configFor(sandbox, { types: ['nosuchtype'] }));
    for (const cause of [
      'nosuchtype',
      'not ticked',
      'Data API is switched off',
      'not yet deployed',
      'environment or branch "live"',
    ]) {
      expect(message).toContain(cause);
    }
    sandbox.control.run('faults.add', {
      fault: { kind: 'status', status: 404, body: '{}' },
      match: { path: '/obj/novel' },
    });
    const { errors, exitCode } = await read(configFor(sandbox), [configured('novel'), configured('order')]);
    expect(exitCode).toBe(1);
    expect(errors).toEqual([expect.stringContaining('not ticked')]);
  });

  it('BUB-13 a token of a user gives a warning (naive variant: its requests succeed all the same)', async () => {
    const config = configFor(sandbox, { api_token: sandbox.bubble.userToken });
    const check = await statusOf(config);
    expect([check.status, check.text]).toEqual(['SUCCEEDED', expect.stringContaining('not to an administrator')]);
    const { logs } = await read(config, [configured('user')]);
    expect(logs.filter((log) => log.includes('not to an administrator'))).toHaveLength(1);
    const admin = await read(configFor(sandbox), [configured('user')]);
    expect(admin.logs.some((log) => log.includes('not to an administrator'))).toBe(false);
    expect(await fetchThings(sandbox, 'user', { limit: '1' })).toHaveLength(1);
  });

  it.each([
    429, 503,
  ])('R-15 a rate limit (%i) is waited for; one that is too long ends as transient_error', async (status) => {
    const limit = (retryAfter: string, count: number) =>
      sandbox.control.run('faults.add', {
        fault: { kind: 'rate_limit', retryAfter, seconds: 0, status },
        match: { path: '/obj/order' },
        count,
      });
    limit('seconds', 2);
    const waited = await read(configFor(sandbox), [configured('order')]);
    expect([waited.exitCode, waited.ids.length]).toEqual([0, 3]);
    limit('huge', 0);
    const { text, errors, exitCode } = await read(configFor(sandbox), [configured('order')]);
    expect([exitCode, errors.length, text.includes('transient_error')]).toEqual([1, 1, true]);
  });
});
