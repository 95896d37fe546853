import { type ChildProcess, spawn } from 'node:child_process';
import type { Sandbox } from '@cuttle/sandbox';
import { runWithFiles, type SourceProfile, statusIn } from '@cuttle/testing';
import { readOwn } from './own-read.js';
import { describePeers, programOf } from './peer.js';
import { profileOf } from './profiles.js';

/** Starts stripe-mock on a free loopback port; gives its address once it listens. */
function listen(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const port = /Listening for HTTP at address: \S*:(\d+)/.exec(text)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
    child.once('exit', () => reject(new Error(`stripe-mock ended: ${text}`)));
  });
}

describePeers('stripe-mock takes every request of source-stripe-ext', ['stripeMock'], () => {
  let child: ChildProcess;
  let url: string;
  let profile: SourceProfile;
  let sandbox: Sandbox;

  beforeAll(async () => {
    child = spawn(programOf('stripeMock'), ['-http-addr', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    url = await listen(child);
    profile = await profileOf('sources/stripe-ext');
    sandbox = (await profile.start()) as Sandbox;
  });
  afterAll(async () => {
    await sandbox.close();
    child.kill();
  });

  async function ask(path: string): Promise<string> {
    const response = await fetch(`${url}${path}`, { headers: { authorization: 'Bearer sk_test_123' } });
    const body = (await response.json()) as { readonly error?: { readonly message: string } };
    return response.status === 200 ? 'taken' : `${response.status} ${body.error?.message}`;
  }

  it('of check, of a whole read, and of a read that goes on by events', async () => {
    const config = profile.config(sandbox, sandbox.url);
    expect(statusIn(await runWithFiles(profile.runIn, 'check', { config })).status).toBe('SUCCEEDED');
    const first = await readOwn(profile, config, { sync_mode: 'incremental' });
    profile.mutate(sandbox);
    await readOwn(profile, config, { sync_mode: 'incremental', state: first.states });
    const log = sandbox.control.log.find({ system: 'stripe' });
    expect(log.filter(({ method }) => method !== 'GET')).toEqual([]);
    const requests = new Map(
      log.map(({ path, query }) => {
        const target = `${path.replace(/^\/stripe/, '')}${query === '' ? '' : `?${encoded(query)}`}`;
        return [shapeOf(target), target];
      }),
    );
    expect(requests.size).toBeGreaterThan(40);
    const answers = await Promise.all([...requests.values()].map(async (target) => [target, await ask(target)]));
    expect(answers.filter(([, answer]) => answer !== 'taken')).toEqual([]);
  }, 120_000);

  it('and refuses what is none of the API', async () => {
    expect(await ask('/v1/charges?no_such_parameter=1')).toMatch(/^400 .*additional properties are not allowed/);
    expect(await ask('/v1/no_such_objects')).toMatch(/^404/);
    expect(await ask('/v1/charges?limit=many')).toMatch(/^400/);
  });
});

/** A decoded query, fit for a request again. */
function encoded(query: string): string {
  return query
    .split('&')
    .map((part) => part.split('=').map(encodeURIComponent).join('='))
    .join('&');
}

/** Requests that differ in ids and numbers only are one. */
function shapeOf(target: string): string {
  const [path = '', query = ''] = target.split('?');
  const names = query.split('&').map((part) => part.split('=')[0]);
  return `${path.replaceAll(/\/[a-z]+_\w+/g, '/:id')}?${names.join('&')}`;
}
