import fs from 'node:fs';
import path from 'node:path';
import type { DbtAction, Environment, LocalWarehouse } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { safeName } from '../state/safe-name.js';
import { type DbtFinding, readDbtResults } from './dbt-results.js';
import { type ProgramEnd, runProgram } from './run-program.js';

/** What dbt works on, and where. */
export interface DbtRequest {
  readonly action: DbtAction;
  /** Repository root, absolute. */
  readonly root: string;
  /** A DuckDB file is given to dbt as `CUTTLE_DUCKDB_PATH`, Snowflake as `CUTTLE_DBT_TARGET`. */
  readonly warehouse: LocalWarehouse;
  /** Environment of dbt, and what `CUTTLE_DBT` is read from. */
  readonly environment: Environment;
  readonly signal?: AbortSignal;
  /** Ends dbt at once. */
  readonly killSignal?: AbortSignal;
  /** Gets what dbt prints, line by line. */
  readonly onLine?: (line: string) => void;
}

/** How a run of dbt ended. */
export interface DbtEnd {
  readonly outcome: 'succeeded' | 'failed' | 'cancelled';
  readonly passed: number;
  readonly skipped: number;
  readonly findings: readonly DbtFinding[];
  /** What dbt printed last, when it failed without a finding. */
  readonly output: readonly string[];
}

/** Lines kept of what dbt prints. */
const KEPT_LINES = 30;

/**
 * Runs `dbt build` or `dbt test` for a project. Everything that dbt writes besides the warehouse lies in
 * `.cuttle/dbt/<project>`.
 *
 * @throws {ConfigError} `DBT_NOT_FOUND`, `DBT_PROJECT_NOT_FOUND`
 */
export async function runDbt(request: DbtRequest): Promise<DbtEnd> {
  const { action } = request;
  if (!fs.existsSync(path.join(action.project, 'dbt_project.yml'))) {
    throw new ConfigError(`There is no dbt project in ${action.project}.`, { code: 'DBT_PROJECT_NOT_FOUND' });
  }
  const run = new DbtRun(request);
  if (run.lacksPackages()) {
    const end = await run.start(['deps']);
    if (end.code !== 0) return run.end(end);
  }
  fs.rmSync(run.results, { force: true });
  return run.end(await run.start([action.kind === 'transform' ? 'build' : 'test', ...selection(action)]));
}

/**
 * The dbt that `npm run setup` installed for a repository; `CUTTLE_DBT` names another one.
 *
 * @throws {ConfigError} `DBT_NOT_FOUND`
 */
export function findDbt(root: string, environment: Environment): string {
  const named = environment['CUTTLE_DBT'];
  const own = path.join(root, '.venv', 'dbt', process.platform === 'win32' ? 'Scripts/dbt.exe' : 'bin/dbt');
  const file = named === undefined || named === '' ? own : path.resolve(root, named);
  if (fs.existsSync(file)) return file;
  const message = `dbt is not installed (${file}). \`npm run setup\` installs it; it needs Python 3.10 or newer. CUTTLE_DBT names another dbt.`;
  throw new ConfigError(message, { code: 'DBT_NOT_FOUND' });
}

function selection(action: DbtAction): readonly string[] {
  return [
    ...action.select.flatMap((part) => ['--select', part]),
    ...action.exclude.flatMap((part) => ['--exclude', part]),
    ...(Object.keys(action.vars).length === 0 ? [] : ['--vars', JSON.stringify(action.vars)]),
  ];
}

/** How the profile of a dbt project learns what to work on. */
function variablesOf(warehouse: LocalWarehouse): Environment {
  return warehouse.kind === 'duckdb' ? { CUTTLE_DUCKDB_PATH: warehouse.file } : { CUTTLE_DBT_TARGET: 'snowflake' };
}

class DbtRun {
  readonly results: string;
  private readonly request: DbtRequest;
  private readonly dbt: string;
  private readonly folder: string;
  private readonly packages: string;
  private readonly lines: string[] = [];

  constructor(request: DbtRequest) {
    this.request = request;
    this.dbt = findDbt(request.root, request.environment);
    this.folder = path.join(request.root, '.cuttle', 'dbt', safeName(path.basename(request.action.project)));
    this.packages = path.join(this.folder, 'packages');
    this.results = path.join(this.folder, 'target', 'run_results.json');
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** Local packages are links into the repository: they are made once, and again when the list of packages changes. */
  lacksPackages(): boolean {
    const wanted = path.join(this.request.action.project, 'packages.yml');
    if (!fs.existsSync(wanted)) return false;
    const made = fs.statSync(this.packages, { throwIfNoEntry: false });
    if (made === undefined || made.mtimeMs < fs.statSync(wanted).mtimeMs) return true;
    return fs.readdirSync(this.packages).some((name) => !fs.existsSync(path.join(this.packages, name)));
  }

  start([command, ...rest]: readonly string[]): Promise<ProgramEnd> {
    const { request } = this;
    const { project } = request.action;
    return runProgram({
      argv: [this.dbt, '--no-use-colors', command!, '--project-dir', project, '--profiles-dir', project, ...rest],
      folder: project,
      environment: {
        ...request.environment,
        ...variablesOf(request.warehouse),
        CUTTLE_DBT_PACKAGES: this.packages,
        DBT_TARGET_PATH: path.join(this.folder, 'target'),
        DBT_LOG_PATH: path.join(this.folder, 'logs'),
        DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
      },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
      ...(request.killSignal === undefined ? {} : { killSignal: request.killSignal }),
      onLine: (line) => {
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
        request.onLine?.(line);
      },
    });
  }

  end(program: ProgramEnd): DbtEnd {
    const { passed, skipped, findings } = readDbtResults(this.results) ?? { passed: 0, skipped: 0, findings: [] };
    const outcome = program.isCancelled ? 'cancelled' : program.code === 0 ? 'succeeded' : 'failed';
    const isExplained = findings.some(({ status }) => status !== 'warn');
    const output = outcome === 'failed' && !isExplained ? [...this.lines, program.problem ?? ''] : [];
    return { outcome, passed, skipped, findings, output: output.filter((line) => line !== '') };
  }
}
