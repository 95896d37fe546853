import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { connectorCommand, isLong } from '@cuttle/testing';
import { configFor } from './harness.js';

/** DESIGN.md 9: most that a source may take, whatever it reads. */
const MEMORY_BAR_MIB = 150;

interface Outcome {
  readonly exitCode: number | null;
  readonly recordCount: number;
  readonly peakMiB: number;
  readonly text: string;
}

const command = connectorCommand('sources/ga4-events');
let folder: string;
let sandbox: Sandbox;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ga4-command-'));
  sandbox = await startSandbox({ users: 3, orders: 3, idleVisits: 3, firstDay: '2024-08-30' });
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  await sandbox.close();
});

/** Runs the command and counts its records; only what is not a record is kept. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const [file, ...prefix] = command.argv;
  const child = spawn(file, [...prefix, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let recordCount = 0;
  let peakMiB = 0;
  let rest = '';
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('{"type":"RECORD"')) recordCount += 1;
      else text += `${line}\n`;
    }
  });
  child.stderr.resume();
  const timer = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakOf(child.pid));
  }, 50);
  return new Promise((resolve) => {
    child.once('close', (exitCode) => {
      clearInterval(timer);
      resolve({ exitCode, recordCount, peakMiB, text });
    });
  });
}

/** Highest resident size of a process so far, in MiB; 0 where the system does not tell. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function file(name: string, content: Json): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function readArguments(config: Json): string[] {
  const stream = { name: 'events', json_schema: {}, supported_sync_modes: ['incremental'] };
  const configured = {
    stream,
    sync_mode: 'incremental',
    destination_sync_mode: 'append_dedup',
    primary_key: [['_event_id']],
    cursor_field: ['event_timestamp'],
  };
  const catalog = file('catalog.json', { streams: [configured] });
  return ['read', '--config', file('config.json', config), '--catalog', catalog];
}

describe('the command', () => {
  it('says its spec without loading what is large, so that it answers within 200 ms', () => {
    const list = "process.on('exit', () => process.stderr.write(Object.keys(require.cache).join('\\n')))";
    const script = file('list.js', null);
    writeFileSync(script, list);
    const [node, main] = command.argv as [string, string];
    const { status, stdout, stderr } = spawnSync(node, ['--require', script, main, 'spec'], { encoding: 'utf8' });
    expect([status, stdout.startsWith('{"type":"SPEC"')]).toEqual([0, true]);
    expect(stderr).toMatch(/source\.js/);
    expect(stderr).not.toMatch(/node_modules\/(axios|ajv|google-auth-library|gaxios)\//);
  });

  it("takes the environment's default credentials without a key", async () => {
    const config = configFor(sandbox, { credentials_json: '' });
    const host = new URL(sandbox.url).host;
    const env = { GCE_METADATA_HOST: host, METADATA_SERVER_DETECTION: 'assume-present', HOME: folder };
    const result = await start(readArguments(config), env);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.recordCount).toBeGreaterThan(0);
    expect(sandbox.control.log.find({ system: 'computeMetadata' }).length).toBeGreaterThan(0);
    expect(sandbox.control.log.find({ system: 'oauth' })).toEqual([]);
  });

  it(
    `GA-17 reads a shard of ${isLong ? '5 million' : '60,000'} rows within the memory bar`,
    async () => {
      const count = isLong ? 5_000_000 : 60_000;
      sandbox.control.run('bigquery.create', { dataset: 'big', table: 'events_20240831', count, repeatEvery: 1_000 });
      const result = await start(readArguments(configFor(sandbox, { dataset: 'big' })));
      expect(result).toMatchObject({ exitCode: 0, recordCount: count });
      expect(result.peakMiB).toBeLessThan(MEMORY_BAR_MIB);
    },
    isLong ? 1_800_000 : 60_000,
  );
});
