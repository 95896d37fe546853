import fs from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import { listFiles, makeFolder, removeFolder } from '../harness/folder.js';
import type { SeenRequest } from '../harness/hostile-proxy.js';
import { preload } from '../harness/preload.js';
import type { RunResult } from '../harness/run-command.js';
import { SourceBench } from '../source/bench.js';
import { onBench } from '../source/on-bench.js';
import type { SourceProfile, StandIn } from '../source/profile.js';
import { echoesOf, leaksIn } from './secret-forms.js';

const COOKIE = 'cookie-canary-5d41402abc4b';
const BODY = 'body-canary-7c211433f020';

/** C-10, X-01, X-02, X-03 of a source: what must never be seen. */
export function secretSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const check = onBench(profile, () => SourceBench.open(profile, true));

  check(
    'C-10 X-01',
    'no secret in any output, whatever an answer repeats: every command, every fault',
    async (bench) => {
      const { config, secrets } = profile.canary(bench);
      const streams = await bench.streams([profile.paged.stream]);
      const wordy = { ...config, log_level: 'debug', http_max_attempts: 2, http_max_wait_seconds: 2 };
      const [, checkArgs, discoverArgs, readArgs] = commandsOf(bench, wordy, streams);
      for (const [name, answer] of Object.entries(answers())) {
        let passing = 0;
        let isTokenStruck = false;
        bench.proxy.intercept = (request, response) => {
          // Requests for a token pass mostly: behind them come those that carry it.
          if (request.headers.authorization === undefined && !isTokenStruck) return false;
          passing -= 1;
          if (passing >= 0 || answer === undefined) return false;
          answer(request, response, [...tokensOf(request), ...secrets]);
          return true;
        };
        const isThorough = ['401 JSON', '500 JSON'].includes(name);
        const runs = [
          [readArgs, 0, false],
          ...(isThorough || name.startsWith('403') ? [[checkArgs, 0, false] as const] : []),
          ...(isThorough
            ? ([
                [checkArgs, 0, true],
                [discoverArgs, 0, false],
                [readArgs, 3, false],
              ] as const)
            : []),
        ] as const;
        for (const [args = [], after, isToken] of runs) {
          passing = after;
          isTokenStruck = isToken;
          bench.proxy.requests = [];
          const result = await bench.run(args);
          const all = [...secrets, ...bench.proxy.requests.flatMap(tokensOf)];
          expect([name, after, args[0], leaksIn(outputOf(result), all)]).toEqual([name, after, args[0], []]);
        }
      }
    },
  );

  check('X-01', 'no secret in output of a crash, in the process list, or in what is left on disk', async (bench) => {
    const { config, secrets } = profile.canary(bench);
    const streams = await bench.streams([profile.paged.stream]);
    const scratch = makeFolder();
    try {
      const seen: string[] = [];
      const options = { cwd: scratch, env: { TMPDIR: scratch }, timeoutMs: 30_000 };
      for (const args of commandsOf(bench, { ...config, log_level: 'debug' }, streams)) {
        const crashed = await bench.run(args, {
          ...options,
          preload: [preload('crash')],
          env: { ...options.env, CUTTLE_CRASH: 'throw' },
          onStart: (child) => {
            const timer = setInterval(() => seen.push(processList()), 20);
            child.once('exit', () => clearInterval(timer));
          },
        });
        expect([args[0], leaksIn(outputOf(crashed), secrets)]).toEqual([args[0], []]);
      }
      expect(seen.length).toBeGreaterThan(3);
      expect(leaksIn(seen.join('\n'), secrets)).toEqual([]);
      expect(contentsOf(scratch)).toEqual([]);
    } finally {
      removeFolder(scratch);
    }
  });

  check('X-01', 'records are not changed, also when they hold the text of a secret', async (bench) => {
    const { config, secrets } = profile.canary(bench);
    const text = `the secret is ${secrets[0]} indeed`;
    const identity = profile.insertText(bench.standIn, text);
    const { stream } = profile.paged;
    const read = (await bench.read(await bench.streams([stream]), { config })).expectSuccess();
    const row = read.data(stream).find((data) => profile.identity(stream, data) === identity);
    expect(profile.textOf(row as JsonObject)).toBe(text);
  });

  check('X-02', 'HTTP errors are told without headers, cookies, queries and bodies of requests', async (bench) => {
    const streams = await bench.streams([profile.paged.stream]);
    const config = { ...bench.config, log_level: 'debug', http_max_attempts: 2 };
    for (const status of [200, 401, 403, 418, 503]) {
      bench.proxy.intercept = (_request, response) => {
        response.writeHead(status, { 'set-cookie': `session=${COOKIE}`, 'x-trace': COOKIE, 'retry-after': '0' });
        response.end('<html>busy</html>');
        return true;
      };
      bench.proxy.requests = [];
      const [, checkArgs = [], , readArgs = []] = commandsOf(bench, config, streams);
      for (const args of [checkArgs, readArgs]) {
        const text = outputOf(await bench.run(args));
        expect(text).not.toContain(COOKIE);
        expect(text.toLowerCase()).not.toMatch(/"?authorization"?\s*[:=]|bearer |set-cookie/);
        for (const { target, body } of bench.proxy.requests) {
          const query = target.split('?')[1] ?? '';
          if (query !== '') expect(text).not.toContain(query);
          if (body !== '') expect(text).not.toContain(body);
        }
      }
    }
  });

  check('X-03', 'no file is written, neither while it runs nor behind it, also when it is stopped', async (bench) => {
    const streams = await bench.streams();
    const scratch = makeFolder();
    try {
      const during = new Set<string>();
      for (const isStopped of [false, true]) {
        await bench.run(bench.readArgs(streams), {
          cwd: scratch,
          env: { TMPDIR: scratch, HOME: scratch },
          onMessage: (_message, child) => {
            for (const name of listFiles(scratch)) during.add(name);
            if (isStopped) child.kill('SIGTERM');
          },
        });
        expect([isStopped, listFiles(scratch), [...during]]).toEqual([isStopped, [], []]);
      }
    } finally {
      removeFolder(scratch);
    }
  });
}

type Echo = (request: SeenRequest, response: ServerResponse, secrets: readonly string[]) => void;

/** Answers that repeat the request and every form of the secrets; `undefined` lets the true answer pass. */
function answers(): Readonly<Record<string, Echo | undefined>> {
  const json =
    (status: number): Echo =>
    (request, response, secrets) => {
      const forms = secrets.flatMap(echoesOf);
      const error = {
        code: status,
        message: forms.join(' '),
        errors: [{ message: forms[0], reason: status === 403 ? 'accessDenied' : 'unheardOf' }],
      };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error, translation: forms, headers: request.headers, body: BODY }));
    };
  return {
    'the true answer': undefined,
    '200 HTML': (request, response, secrets) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<html>${secrets.flatMap(echoesOf).join('<br>')} ${JSON.stringify(request.headers)}</html>`);
    },
    ...Object.fromEntries([200, 400, 401, 403, 404, 429, 500].map((status) => [`${status} JSON`, json(status)])),
    'a secret across the place where a quotation is cut': (_request, response, secrets) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end('x'.repeat(180) + secrets[0]);
    },
    reset: (_request, response) => {
      response.socket?.resetAndDestroy();
    },
    'a redirect with the secret in it': (_request, response, secrets) => {
      response
        .writeHead(302, { location: `http://elsewhere.invalid/?token=${encodeURIComponent(secrets[0] ?? '')}` })
        .end();
    },
  };
}

/** check, discover and read, ready to be started. */
function commandsOf<S extends StandIn>(
  bench: SourceBench<S>,
  config: JsonObject,
  streams: readonly ConfiguredStream[],
): readonly (readonly string[])[] {
  const file = bench.write('canary', config);
  return [['spec'], ['check', '--config', file], ['discover', '--config', file], bench.readArgs(streams, config)];
}

/** Access tokens that a request carried. */
function tokensOf({ headers }: SeenRequest): readonly string[] {
  const token = /^\S+ (.+)$/.exec(headers.authorization ?? '')?.[1];
  return token === undefined ? [] : [token];
}

/** All that a run said, records aside: their data is not ours to change. */
function outputOf(result: RunResult): string {
  const own = result.lines.filter((line) => !line.startsWith('{"type":"RECORD"'));
  return `${own.join('\n')}\n${result.stderr}\n${result.rest}`;
}

function processList(): string {
  const own = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return own
    .map((pid) => {
      try {
        return fs.readFileSync(path.join('/proc', pid, 'cmdline'), 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .join('\n');
}

function contentsOf(folder: string): readonly string[] {
  return listFiles(folder).map((name) => `${name}: ${fs.readFileSync(path.join(folder, name), 'utf8').slice(0, 200)}`);
}
