import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Sandbox } from '@cuttle/sandbox';
import { assertBuilt, DuckdbFile, makeFolder, ROOT, removeFolder, withoutMeta } from '@cuttle/testing';

const CUTTLE = path.join(ROOT, 'packages', 'cli', 'bin', 'cuttle.js');

/** Variables by which a test sets the time of connectors; without this they would stay with the runner. */
const CLOCK = ['NODE_OPTIONS', 'CUTTLE_TEST_CLOCK'];

/** How a run of `cuttle` ended. */
export interface CuttleResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A stack of real connectors in a folder of its own, run by the real command. */
export class Stack {
  readonly root = makeFolder();
  readonly warehouse: string;
  readonly #sandbox: Sandbox;
  /** Environment of the commands besides the token. */
  environment: Readonly<Record<string, string>> = {};

  constructor(sandbox: Sandbox) {
    for (const folder of ['packages/cli', 'sources/bubble', 'sources/ga4-events', 'destinations/duckdb'])
      assertBuilt(folder);
    this.#sandbox = sandbox;
    this.warehouse = path.join(this.root, 'warehouse.duckdb');
  }

  /** Writes the documents: connectors of this repository, a Bubble source, and what is given. */
  write(documents: readonly object[], options: { readonly bubble?: object; readonly destination?: object } = {}): void {
    const all = [
      { kind: 'Project', name: 'test', targets: { local: { type: 'local' } } },
      {
        kind: 'Connectors',
        sources: {
          bubble: { path: path.join(ROOT, 'sources/bubble'), environment: CLOCK },
          'ga4-events': { path: path.join(ROOT, 'sources/ga4-events'), environment: CLOCK },
        },
        destinations: { duckdb: { path: path.join(ROOT, 'destinations/duckdb'), environment: CLOCK } },
      },
      {
        kind: 'Source',
        name: 'bubble',
        connector: 'bubble',
        config: {
          base_url: this.#sandbox.bubble.baseUrl,
          api_token: { $env: 'BUBBLE_TOKEN' },
          allow_private_hosts: true,
          requests_per_minute: 100_000,
          ...options.bubble,
        },
      },
      {
        kind: 'Destination',
        name: 'warehouse',
        connector: 'duckdb',
        config: { destination_path: this.warehouse, ...options.destination },
      },
      ...documents,
    ];
    const folder = path.join(this.root, 'connections', 'test');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'all.yaml'), all.map((document) => JSON.stringify(document)).join('\n---\n'));
  }

  /** Starts `cuttle`; `onStart` gets the process. */
  run(args: readonly string[], onStart: (child: ChildProcess) => void = () => undefined): Promise<CuttleResult> {
    const child = spawn(process.execPath, [CUTTLE, ...args], {
      cwd: this.root,
      env: { ...process.env, BUBBLE_TOKEN: this.#sandbox.bubble.token, NO_COLOR: '1', ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onStart(child);
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    return new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal, out, err }));
    });
  }

  /** As {@link run}, and fails unless it ends with 0. */
  async succeed(args: readonly string[]): Promise<CuttleResult> {
    const result = await this.run(args);
    if (result.code !== 0)
      throw new Error(`cuttle ${args.join(' ')} ended with ${result.code}\n${result.out}\n${result.err}`);
    return result;
  }

  /** Rows of a table as texts without meta columns, sorted. */
  async rows(table: string): Promise<readonly string[]> {
    const rows = (await new DuckdbFile(this.warehouse).rows('main', table)) ?? [];
    return rows.map((row) => JSON.stringify(withoutMeta(row))).sort();
  }

  async query(sql: string): Promise<readonly (readonly unknown[])[]> {
    return new DuckdbFile(this.warehouse).query(sql);
  }

  /** Makes all commands believe that it is another time. */
  setClock(time: string): void {
    const clock = path.join(ROOT, 'packages', 'testing', 'preload', 'clock.cjs');
    this.environment = { ...this.environment, NODE_OPTIONS: `--require ${clock}`, CUTTLE_TEST_CLOCK: time };
  }

  /** Forgets warehouse and state, so that the next run is the first one. */
  reset(): void {
    for (const name of fs.readdirSync(this.root)) {
      if (name !== 'connections') fs.rmSync(path.join(this.root, name), { recursive: true, force: true });
    }
  }

  remove(): void {
    removeFolder(this.root);
  }
}

/** Ids of the processes below one, by a word of their command line; Linux only. */
export function descendants(pid: number, word: string): readonly number[] {
  const found: number[] = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (parent === pid && command.includes(word)) found.push(Number(name));
    } catch {
      // The process ended while we looked.
    }
  }
  return found;
}
