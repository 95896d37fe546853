import { statusOf } from '../connector/check-suite.js';
import { errorsOf } from '../harness/run-command.js';
import { SourceBench } from './bench.js';
import { onBench } from './on-bench.js';
import type { SourceProfile, StandIn } from './profile.js';

/** CHK-02 and CHK-03 of a source: what `check` asks, and how long it tries. */
export function sourceCheckSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const check = onBench(profile, () => SourceBench.open(profile));

  check('CHK-02', 'check makes a request of every kind that read makes', async (bench) => {
    const streams = await bench.streams();
    bench.proxy.requests = [];
    await bench.runWith('check', bench.config);
    const checked = kinds(bench);
    bench.proxy.requests = [];
    (await bench.read(streams)).expectSuccess();
    const left = [...kinds(bench)].filter((kind) => !checked.has(kind));
    expect(left).toEqual([]);
    expect(checked.size).toBeGreaterThan(1);
  });

  check('CHK-02', 'a right that read needs and that is missing fails the check', async (bench) => {
    await bench.runWith('check', bench.config);
    const needed = [...kinds(bench)].filter((kind) => !profile.optionalKinds.includes(kind));
    expect(needed.length).toBeGreaterThan(0);
    for (const kind of needed) {
      bench.proxy.intercept = (request, response) => {
        if (profile.kindOf(pathOf(request.target)) !== kind) return false;
        response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"forbidden"}');
        return true;
      };
      const result = await bench.runWith('check', bench.config);
      expect([kind, statusOf(result).status]).toEqual([kind, 'FAILED']);
    }
  });

  check(
    'CHK-03',
    'a fault that passes is retried; one that stays ends a check after a bounded number',
    async (bench) => {
      let faults = 1;
      bench.proxy.intercept = (_request, response) => {
        faults -= 1;
        if (faults < 0) return false;
        response.writeHead(503).end('{}');
        return true;
      };
      const patient = { ...bench.config, http_backoff_ms: 20 };
      expect(statusOf(await bench.runWith('check', patient)).status).toBe('SUCCEEDED');
      faults = Number.POSITIVE_INFINITY;
      bench.proxy.requests = [];
      const result = await bench.runWith('check', patient);
      expect([result.exitCode, errorsOf(result).map((error) => error.failureType)]).toEqual([1, ['transient_error']]);
      expect(bench.proxy.requests.length).toBeGreaterThan(1);
      expect(bench.proxy.requests.length).toBeLessThanOrEqual(6);
    },
  );

  check(
    'CHK-03',
    'a server that never answers, and one that asks for a long wait, do not hold a check up',
    async (bench) => {
      bench.proxy.intercept = () => true;
      const hanging = await bench.runWith('check', { ...bench.config, http_timeout_seconds: 1, http_backoff_ms: 20 });
      expect(hanging.exitCode === 0 ? statusOf(hanging).status : 'ended').toMatch(/FAILED|ended/);
      bench.proxy.intercept = (_request, response) => {
        response.writeHead(429, { 'retry-after': '3600' }).end('{}');
        return true;
      };
      const limited = await bench.runWith('check', bench.config);
      expect([limited.exitCode, errorsOf(limited)[0]?.failureType]).toEqual([1, 'transient_error']);
    },
  );

  function kinds(bench: SourceBench<S>): Set<string> {
    return new Set(bench.proxy.requests.map(({ target }) => profile.kindOf(pathOf(target))));
  }
}

function pathOf(target: string): string {
  return target.split('?')[0] as string;
}
