import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ConnectionPlan } from '@cuttle/project';
import { loadProject, planConnection } from '@cuttle/project';
import { type RunEvent, type RunOptions, type RunResult, runConnection } from '../src/index.js';

const FIXTURES = path.join(__dirname, 'fixtures');

/** A stream of the fake source. */
export interface FakeStream {
  readonly name: string;
  readonly count: number;
  readonly [option: string]: unknown;
}

/** What a test workspace is made of. */
export interface WorkspaceOptions {
  readonly streams: readonly FakeStream[];
  /** More keys of the source's config. */
  readonly source?: object;
  /** More keys of the destination's config. */
  readonly destination?: object;
  /** YAML lines of the Connection below its destination; default: all streams by `sync`. */
  readonly connection?: string;
  readonly sync?: string;
}

/** A repository in a temp folder with one connection from the fake source to the fake destination. */
export class Workspace {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'cuttle-runner-'));
  readonly rowsFolder = path.join(this.root, 'rows');
  readonly stateFile = path.join(this.root, '.cuttle/state/fake.json');

  constructor(options: WorkspaceOptions) {
    this.write(options);
  }

  /** Writes the documents again, with other options. */
  write(options: WorkspaceOptions): void {
    const folder = path.join(this.root, 'connections/test');
    fs.mkdirSync(folder, { recursive: true });
    const source = { streams: options.streams, token: 'canary-token', ...options.source };
    const destination = { folder: this.rowsFolder, ...options.destination };
    const lines = options.streams.map(({ name }) => `  ${JSON.stringify(name)}: {}`).join('\n');
    const connection =
      options.connection ?? `streams:\n  "*": { sync: ${options.sync ?? 'incremental append'} }\n${lines}`;
    const text = [
      `kind: Connectors\nsources: { fake: { path: ${FIXTURES}/source } }\ndestinations: { fake: { path: ${FIXTURES}/destination } }`,
      `kind: Source\nname: fake-source\nconnector: fake\nconfig: ${JSON.stringify(source)}`,
      `kind: Destination\nname: fake-destination\nconnector: fake\nconfig: ${JSON.stringify(destination)}`,
      `kind: Connection\nname: fake\nsource: fake-source\ndestination: fake-destination\n${connection}`,
    ].join('\n---\n');
    fs.writeFileSync(path.join(folder, 'all.yaml'), text);
  }

  plan(): ConnectionPlan {
    const { project, diagnostics } = loadProject(path.join(this.root, 'connections/test'));
    const errors = diagnostics.filter((entry) => entry.severity === 'error');
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    return planConnection(project, 'fake', 'local');
  }

  async run(options: Partial<RunOptions> = {}): Promise<RunResult & { readonly events: readonly RunEvent[] }> {
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => {
      events.push(event);
      options.onEvent?.(event);
    };
    const result = await runConnection(this.plan(), { environment: {}, ...options, onEvent });
    return { ...result, events };
  }

  /** Rows of a table of the destination, as the texts of their data. */
  rows(table: string): readonly string[] {
    return this.generationRows(table).map(({ line }) => line);
  }

  generationRows(table: string): readonly { readonly generation: number; readonly line: string }[] {
    const file = path.join(this.rowsFolder, `${encodeURIComponent(table)}.jsonl`);
    if (!fs.existsSync(file)) return [];
    const lines = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as { generation: number; line: string });
  }

  /** Ids of the rows of a table, in order. */
  ids(table: string): readonly number[] {
    return this.rows(table).map((line) => Number(/"id":(\d+)/.exec(line)![1]));
  }

  state(): Record<string, unknown> & { readonly streams: readonly Record<string, unknown>[] } {
    return JSON.parse(fs.readFileSync(this.stateFile, 'utf8'));
  }

  file(name: string): string {
    return path.join(this.root, name);
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** Waits until something holds. */
export async function until(isTrue: () => boolean, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error('It did not become true in time.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** A run in a process of its own. */
export interface RunnerProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal; and the result when there is one. */
  readonly ended: Promise<{ readonly code: number | string; readonly result: RunResult | undefined }>;
}

/**
 * Starts the workspace's connection in a process of its own; needs the build.
 *
 * @param killAtSave the runner is killed when it is about to save a state that holds this text
 */
export function startRunner(workspace: Workspace, limits: object = {}, killAtSave?: string): RunnerProcess {
  const script = path.join(FIXTURES, 'run.js');
  const preload = killAtSave === undefined ? [] : ['--require', path.join(FIXTURES, 'kill-at-save.cjs')];
  const args = [...preload, script, workspace.file('connections/test'), JSON.stringify(limits)];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(killAtSave === undefined ? {} : { CUTTLE_KILL_AT_SAVE: killAtSave }) },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  const ended = new Promise<{ code: number | string; result: RunResult | undefined }>((resolve) => {
    child.on('close', (code, signal) => {
      const result = output.trim() === '' ? undefined : (JSON.parse(output) as RunResult);
      resolve({ code: code ?? signal ?? 'unknown', result });
    });
  });
  return { pid: child.pid!, kill: (signal) => child.kill(signal), ended };
}
