import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { connectorCommand, isLong, runCommand } from '@cuttle/testing';
import { configFor, configured, requests, stateOf } from './run-stripe.js';

/** DESIGN.md 9: most that a source may take, whatever it reads. */
const MEMORY_BAR_MIB = 150;
/** So many times faster than Stripe the stand-in's limits are; what is reported is divided by it. */
const SPEED = isLong ? 10 : 40;
const OBJECTS = isLong ? 50_000 : 2_000;
const KINDS = { charges: 'charge', customers: 'customer', products: 'product', payment_intents: 'payment_intent' };
const STREAMS = Object.keys(KINDS);
const DAY = 86_400;
const START = Date.parse('2024-08-05T00:00:00Z') / 1000;
const MONTH_SECONDS = 26 * DAY;

/** Half of the objects are old and change within the month, in an order that has nothing to do with their age; half are new. */
function fillMonth(sandbox: Sandbox): Map<string, string[]> {
  const each = OBJECTS / 2 / STREAMS.length;
  const ids = new Map<string, string[]>();
  const seconds = MONTH_SECONDS / each;
  for (const [stream, object] of Object.entries(KINDS)) {
    const { account } = sandbox.stripe;
    const old = Array.from({ length: each }, (_, index) =>
      account.create(object, {}, { events: [], atMs: Date.parse('2024-01-02T00:00:00Z') + index * 600_000 }),
    );
    for (let index = 0; index < each; index += 1) {
      const id = old[(index * 7919) % each]!;
      account.update(
        object,
        id,
        { description: `${index}` },
        { atMs: (START + index * seconds) * 1000, events: eventsOf(object) },
      );
    }
    const fresh = Array.from({ length: each }, (_, index) =>
      account.create(object, {}, { atMs: (START + index * seconds) * 1000 }),
    );
    ids.set(stream, [...old, ...fresh]);
  }
  return ids;
}

function eventsOf(object: string): readonly string[] {
  return object === 'payment_intent' ? ['payment_intent.succeeded'] : [`${object}.updated`];
}

describe('a month of changes at the limit of the API', () => {
  it(`${OBJECTS} changed objects: each once, within the limits and within ${MEMORY_BAR_MIB} MiB`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stripe-month-'));
    const sandbox = await startSandbox({ users: 1, orders: 0, idleVisits: 0 });
    try {
      const ids = fillMonth(sandbox);
      sandbox.stripe.settings.limits = { perSecond: 100 * SPEED, perEndpoint: 25 * SPEED };
      const file = (name: string, content: unknown) => {
        const path = join(folder, name);
        writeFileSync(path, JSON.stringify(content));
        return path;
      };
      const rates = { requests_per_second: 100 * SPEED, endpoint_requests_per_second: 25 * SPEED };
      const config = configFor(sandbox, { ...rates, concurrency: 20, lookback_days: 0, http_max_wait_seconds: 600 });
      const head = { account: sandbox.stripe.accountId, api_version: '2026-10-28.endive' };
      const states = STREAMS.flatMap((stream) => stateOf(stream, { ...head, until: START, ids: [] }));
      const catalog = { streams: STREAMS.map((stream) => configured(stream)) };
      const args = ['read', '--config', file('config', config), '--catalog', file('catalog', catalog)];
      const options = { timeoutMs: 1_800_000 };
      const command = connectorCommand('sources/stripe-ext');
      const result = await runCommand(command, [...args, '--state', file('state', states)], options);
      expect([result.exitCode, result.stderr]).toEqual([0, '']);
      const found = new Map(STREAMS.map((stream) => [stream, [] as string[]]));
      for (const { message } of result.messages) {
        if (message.type === 'RECORD') found.get(message.record.stream)?.push(String(message.record.data['id']));
      }
      for (const stream of STREAMS) expect(found.get(stream)?.sort()).toEqual(ids.get(stream)?.sort());
      const asked = requests(sandbox, '/v1/');
      const scans = asked.filter(({ path }) => path.endsWith('/v1/events')).length;
      // One pass: a page for each hundred events, and one for each of the days, whatever the number of streams.
      expect(scans).toBeLessThanOrEqual(OBJECTS / 100 + 40);
      expect(asked.length).toBeLessThan(OBJECTS);
      if (isLong) expect(result.peakMemoryMiB).toBeLessThan(MEMORY_BAR_MIB);
      const limited = asked.filter(({ status }) => status === 429).length;
      const seconds = Math.round((result.wallMs / 1000) * SPEED);
      const rate = (count: number) => (count / seconds).toFixed(1);
      process.stdout.write(
        `${OBJECTS} objects: ${asked.length} requests (${scans} for events), ${limited} times 429, ` +
          `${seconds} s of Stripe's time: ${rate(asked.length)} requests/s, ${rate(OBJECTS)} rows/s; ` +
          `${Math.round(result.peakMemoryMiB)} MiB\n`,
      );
    } finally {
      await sandbox.close();
      rmSync(folder, { recursive: true });
    }
  }, 1_800_000);
});
