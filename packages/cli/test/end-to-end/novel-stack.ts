import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Sandbox } from '@cuttle/sandbox';
import { assertBuilt, DuckdbFile, ROOT } from '@cuttle/testing';
import { sandboxEnvironment } from '../../src/sandbox-environment.js';
import { Repository, type Written } from '../fake-terminal.js';

/** Folders of the repository that the stack reads; they are linked, not copied. */
const LINKED = ['sources', 'destinations', 'dbt', 'dashboards', '.venv'];

const CLOCK = ', environment: [NODE_OPTIONS, CUTTLE_TEST_CLOCK]';

const CUTTLE = path.join(ROOT, 'packages', 'cli', 'bin', 'cuttle.js');

const CONNECTORS = ['sources/bubble', 'sources/ga4-events', 'sources/stripe-ext', 'sources/facebook-ads'];

/** Whether dbt is installed. `CUTTLE_REQUIRE=dbt` makes its absence an error, else it is told aloud. */
export function hasDbt(): boolean {
  if (fs.existsSync(path.join(ROOT, '.venv', 'dbt', 'bin', 'dbt'))) return true;
  const message = 'dbt is not installed: the tests of the Novel stack need `npm run setup` and Python 3.10 or newer.';
  if (process.env['CUTTLE_REQUIRE']?.split(',').includes('dbt')) throw new Error(message);
  process.stderr.write(`${message} They are left out.\n`);
  return false;
}

/** The documents of the Novel stack in a folder of their own, run against a sandbox. */
export class NovelStack {
  readonly repository = new Repository();
  readonly root = this.repository.root;
  readonly warehouse = path.join(this.root, '.cuttle', 'novel.duckdb');
  readonly #sandbox: Sandbox;
  readonly #environment = {
    NODE_OPTIONS: process.env['NODE_OPTIONS'],
    CUTTLE_TEST_CLOCK: process.env['CUTTLE_TEST_CLOCK'],
  };

  constructor(sandbox: Sandbox) {
    for (const folder of ['packages/cli', ...CONNECTORS, 'destinations/duckdb', 'destinations/bubble'])
      assertBuilt(folder);
    this.#sandbox = sandbox;
    const documents = path.join(this.root, 'connections', 'novel');
    fs.cpSync(path.join(ROOT, 'connections', 'novel'), documents, { recursive: true });
    for (const folder of LINKED) {
      if (fs.existsSync(path.join(ROOT, folder))) fs.symlinkSync(path.join(ROOT, folder), path.join(this.root, folder));
    }
  }

  /** Makes the connectors believe that it is another time: their entries let the two variables through. */
  setClock(time: string): void {
    const file = path.join(this.root, 'connections', 'novel', 'connectors.yaml');
    const text = fs.readFileSync(file, 'utf8').replaceAll(/(, path: [\w/-]+)(?=, name)/g, `$1${CLOCK}`);
    fs.writeFileSync(file, text);
    const clock = path.join(ROOT, 'packages', 'testing', 'preload', 'clock.cjs');
    Object.assign(process.env, { NODE_OPTIONS: `--require ${clock}`, CUTTLE_TEST_CLOCK: time });
  }

  /** Runs `cuttle` on the target of the stand-ins. */
  cuttle(argv: readonly string[]): Promise<Written> {
    const environment = { ...process.env, ...sandboxEnvironment(this.#sandbox) };
    return this.repository.run([...argv, '--target', 'demo'], { environment });
  }

  /** As {@link cuttle}; anything but success is an error that shows what was written. */
  async succeed(argv: readonly string[]): Promise<Written> {
    const written = await this.cuttle(argv);
    if (written.code !== 0) throw new Error(`cuttle ${argv.join(' ')}: ${written.code}\n${written.out}${written.err}`);
    return written;
  }

  /** Runs `cuttle` as a process of its own, on the target that the arguments name. */
  process(
    argv: readonly string[],
  ): Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }> {
    return new Promise((resolve) => {
      execFile(process.execPath, [CUTTLE, ...argv], { cwd: this.root }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : (error.code ?? 'signal'), stdout, stderr });
      });
    });
  }

  /**
   * Runs `cuttle` as a process on the target of the stand-ins and kills it (SIGKILL) once the condition holds.
   *
   * @throws when it ended before
   */
  killed(argv: readonly string[], condition: (pid: number) => boolean): Promise<void> {
    const env = { ...process.env, ...sandboxEnvironment(this.#sandbox) };
    const args = [CUTTLE, ...argv, '--target', 'demo'];
    const child = spawn(process.execPath, args, { cwd: this.root, env, stdio: 'ignore' });
    const timer = setInterval(() => condition(child.pid!) && child.kill('SIGKILL'), 5);
    return new Promise((resolve, reject) => {
      child.once('close', (code, signal) => {
        clearInterval(timer);
        if (signal === 'SIGKILL') resolve();
        else reject(new Error(`cuttle ${argv.join(' ')} ended with ${code} before it was killed`));
      });
    });
  }

  /** Runs dbt by hand beside what `cuttle` made of it; gives what it prints. */
  dbt(argv: readonly string[]): Promise<string> {
    const folder = path.join(this.root, '.cuttle', 'dbt', 'novel');
    const env = {
      ...process.env,
      CUTTLE_DUCKDB_PATH: this.warehouse,
      CUTTLE_DBT_PACKAGES: path.join(folder, 'packages'),
      DBT_TARGET_PATH: path.join(folder, 'by-hand'),
      DBT_LOG_PATH: path.join(folder, 'by-hand'),
      DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
    };
    const dbt = path.join(this.root, '.venv', 'dbt', 'bin', 'dbt');
    return new Promise((resolve, reject) => {
      execFile(dbt, argv, { cwd: path.join(this.root, 'dbt', 'novel'), env }, (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${error.message}\n${stdout}`));
      });
    });
  }

  query(sql: string): Promise<readonly (readonly unknown[])[]> {
    return new DuckdbFile(this.warehouse).query(sql);
  }

  remove(): void {
    for (const [name, value] of Object.entries(this.#environment)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    this.repository.remove();
  }
}
