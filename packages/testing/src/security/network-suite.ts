import type { IncomingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '@cuttle/protocol';
import { statusOf } from '../connector/check-suite.js';
import type { Intercept } from '../harness/hostile-proxy.js';
import { preload } from '../harness/preload.js';
import { errorsOf, messagesOf, type RunOptions, type RunResult, statesOf } from '../harness/run-command.js';
import { SourceBench } from '../source/bench.js';
import { onBench } from '../source/on-bench.js';
import type { SourceProfile, StandIn } from '../source/profile.js';

/** An address that counts as public. Nothing connects to it: the preload leads to this machine. */
const PUBLIC = '25.0.0.10';

/** Roots that must be refused unless private hosts are allowed, one of each kind; the kit's own tests have them all. */
const PRIVATE_ROOTS = [
  'https://127.0.0.1',
  'https://localhost',
  'https://10.1.2.3',
  'https://169.254.169.254',
  'https://2130706433',
  'https://[::1]',
  'https://[::ffff:127.0.0.1]',
  'https://internal.example.test',
  'http://api.example.test',
  'https://user:password@api.example.test',
];

/** of a source: where requests go, and what answers may do. */
export function networkSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const check = onBench(profile, () => SourceBench.open(profile, true));
  const hostsOf = (bench: SourceBench<S>): RunOptions => {
    const port = Number(new URL(bench.proxy.url).port);
    const hosts = Object.fromEntries(
      ['api.example.test', 'other.example.test', 'oauth2.googleapis.com'].map((name) => [
        name,
        { address: PUBLIC, port },
      ]),
    );
    const internal = { 'internal.example.test': { address: '10.0.0.5', port } };
    return { preload: [preload('public-host')], env: { CUTTLE_HOSTS: JSON.stringify({ ...hosts, ...internal }) } };
  };

  check('X-08', 'a public host over https is reached; private, loopback and plain ones are refused', async (bench) => {
    const options = hostsOf(bench);
    const config = profile.publicConfig(bench);
    expect(statusOf(await bench.runWith('check', config, options)).status).toBe('SUCCEEDED');
    for (const root of PRIVATE_ROOTS) {
      const moved = JSON.parse(JSON.stringify(config).replaceAll('https://api.example.test', root)) as JsonObject;
      bench.proxy.requests = [];
      const status = statusOf(await bench.runWith('check', moved, options));
      expect([root, status.status, status.message]).toEqual([
        root,
        'FAILED',
        expect.stringMatching(/refused|https|pattern/),
      ]);
      expect([root, bench.proxy.requests.filter(isData)]).toEqual([root, []]);
    }
  });

  check('X-08', 'no redirect is followed to another host, scheme or private address: check and read', async (bench) => {
    const options = hostsOf(bench);
    const config = profile.publicConfig(bench);
    const streams = await bench.streams([profile.paged.stream]);
    const targets = {
      'https://other.example.test': /redirects to other\.example\.test; use that address/,
      'https://user:hush@other.example.test': /refused: its URL holds/,
      'https://internal.example.test': /redirects to internal\.example\.test; use that address/,
      'https://127.0.0.1': /refused: it is a private address/,
      'http://api.example.test': /refused: only https/,
    };
    for (const [root, message] of Object.entries(targets)) {
      bench.proxy.requests = [];
      bench.proxy.intercept = redirectTo(({ target }) => `${root}${target}`, 301);
      const checked = statusOf(await bench.runWith('check', config, options));
      expect([root, checked.status, checked.message]).toEqual([root, 'FAILED', expect.stringMatching(message)]);
      expect(checked.message).not.toContain('hush');
      expect(new Set(bench.proxy.requests.map(({ headers }) => headers.host)).size).toBe(1);
    }
    bench.proxy.requests = [];
    bench.proxy.intercept = redirectTo(({ target }) => `https://other.example.test${target}`, 301);
    const read = await bench.run(bench.readArgs(streams, config), options);
    expect([read.exitCode, errorsOf(read).map(({ failureType }) => failureType)]).toEqual([1, ['config_error']]);
    expect(errorsOf(read)[0]?.message).toMatch(targets['https://other.example.test']);
    expect([...messagesOf(read, 'RECORD'), ...statesOf(read)]).toEqual([]);
    expect(bench.proxy.requests.filter(({ headers }) => headers.host === 'other.example.test')).toEqual([]);
  });

  check('X-08', 'a redirect on the same host is followed, credential included, five times at most', async (bench) => {
    const options = hostsOf(bench);
    const config = profile.publicConfig(bench);
    const moved = redirectTo(({ target }) => `https://api.example.test${target}`, 307);
    // Each address is moved once: of requests side by side, a count would move one again and again.
    const seen = new Set<string>();
    bench.proxy.intercept = (request, response) => {
      if (!isData(request) || seen.has(request.target)) return false;
      seen.add(request.target);
      return moved(request, response);
    };
    expect(statusOf(await bench.runWith('check', { ...config, http_max_attempts: 1 }, options)).status).toBe(
      'SUCCEEDED',
    );
    expect(seen.size).toBeGreaterThan(0);
    let hops = 0;
    bench.proxy.intercept = (request, response) => {
      if (!isData(request)) return false;
      hops += 1;
      return moved(request, response);
    };
    const result = await bench.runWith('check', { ...config, http_max_attempts: 1 }, options);
    expect([result.exitCode, errorsOf(result)[0]?.message]).toEqual([1, expect.stringContaining('redirects')]);
    // Requests that run side by side each follow at most five redirects.
    expect(hops % 6).toBe(0);
    expect(hops).toBeLessThanOrEqual(6 * 8);
  });

  for (const [name, attack, options] of attacks()) {
    check('X-09', `${name}: an error in bounded time and memory`, async (bench) => {
      const streams = await bench.streams([profile.paged.stream]);
      bench.proxy.intercept = (request, response) => isData(request) && attack(request, response);
      const config = { ...bench.config, http_max_attempts: 2, http_timeout_seconds: 1, ...options };
      const checkArgs = ['check', '--config', bench.write('config', config)];
      for (const args of [...(name === 'a zip bomb' ? [checkArgs] : []), bench.readArgs(streams, config)]) {
        const result = await bench.run(args, { timeoutMs: 50_000 });
        expect([args[0], hasFailed(result)]).toEqual([args[0], true]);
        expect(result.peakMemoryMiB).toBeLessThan(500);
        expect(result.lines.join('').length).toBeLessThan(200_000);
      }
    });
  }

  check('X-09', 'compressed answers of an honest server are read', async (bench) => {
    const streams = await bench.streams([profile.paged.stream]);
    const plain = (await bench.read(streams)).expectSuccess();
    bench.proxy.compresses = true;
    bench.proxy.requests = [];
    const read = (await bench.read(streams)).expectSuccess();
    expect(bench.proxy.requests.length).toBeGreaterThan(0);
    const keys = (one: typeof read) => [...one.byKey(profile.paged.stream).keys()].sort();
    expect(keys(read)).toEqual(keys(plain));
  });
}

/** Whether a request carries a credential, as all but those for a token do. */
function isData({ headers }: { readonly headers: IncomingHttpHeaders }): boolean {
  return headers.authorization !== undefined;
}

function redirectTo(target: (request: Parameters<Intercept>[0]) => string, status: number): Intercept {
  return (request, response) => {
    response.writeHead(status, { location: target(request) }).end();
    return true;
  };
}

function hasFailed(result: RunResult): boolean {
  if (result.exitCode === 1) return errorsOf(result).length > 0;
  return result.exitCode === 0 && statusOf(result).status === 'FAILED';
}

function attacks(): readonly (readonly [string, Intercept, JsonObject])[] {
  const json = { 'content-type': 'application/json' };
  // 400 MB of blanks in 400 kB.
  const bomb = gzipSync(Buffer.concat([Buffer.from('{"response":'), Buffer.alloc(400_000_000, 0x20)]), { level: 6 });
  return [
    [
      'a zip bomb',
      (_request, response) => {
        response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bomb);
        return true;
      },
      {},
    ],
    [
      'a body without an end',
      (_request, response) => {
        response.writeHead(200, json).write('{"response":{"results":[');
        const part = Buffer.alloc(1_000_000, 0x20);
        const pump = () => {
          if (!response.destroyed) response.write(part, pump);
        };
        pump();
        return true;
      },
      { http_timeout_seconds: 20 },
    ],
    [
      'headers without an end',
      (_request, response) => {
        const headers = Array.from({ length: 2000 }, (_, index) => [`x-filler-${index}`, 'y'.repeat(100)]);
        response.writeHead(200, Object.fromEntries(headers)).end('{}');
        return true;
      },
      {},
    ],
    [
      'JSON of a million levels',
      (_request, response) => {
        response.writeHead(200, json).end(`{"rows":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`);
        return true;
      },
      {},
    ],
    ['headers that never come', () => true, {}],
    [
      'a body that drips',
      (_request, response) => {
        response.writeHead(200, json).write('{');
        const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.write(' ')), 100);
        return true;
      },
      {},
    ],
    [
      'an unknown compression',
      (_request, response) => {
        response.writeHead(200, { ...json, 'content-encoding': 'zopfli' }).end('{}');
        return true;
      },
      {},
    ],
  ];
}
