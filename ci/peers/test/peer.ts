import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Command } from '@cuttle/testing';
import { PEERS, peerProgram } from '../peers.js';

const SCRIPTS = path.join(__dirname, '..', 'python');

/**
 * Tests that need programs of other people. Where one of them is not installed they are left out with a sentence;
 * `CUTTLE_REQUIRE=peers` makes that an error.
 */
export function describePeers(title: string, keys: readonly string[], suite: () => void): void {
  const missing = keys.filter((key) => peerProgram(key) === undefined).map((key) => PEERS[key]?.title ?? key);
  if (missing.length === 0) {
    describe(title, suite);
    return;
  }
  const message = `${missing.join(', ')} is not installed: npm run test:peers`;
  if (process.env['CUTTLE_REQUIRE']?.split(',').includes('peers')) throw new Error(message);
  describe.skip(`${title} (${message})`, suite);
}

/** Path of a program of a peer. @throws when it is not installed */
export function programOf(key: string, program?: string): string {
  const found = peerProgram(key, program);
  if (found === undefined) throw new Error(`${PEERS[key]?.title ?? key} is not installed`);
  return found;
}

/** What a process left behind. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a peer runs. */
export interface PeerRun {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Called with each whole line of stdout. */
  readonly onLine?: (line: string) => void;
}

/**
 * Nothing is sent home, and nothing is read from the user's folder. Compiled files are kept, whatever the caller's environment
 * says: without them an import of PyAirbyte takes ten seconds each time.
 */
export function peerEnvironment(home: string): Readonly<Record<string, string | undefined>> {
  const quiet = { DO_NOT_TRACK: '1', AIRBYTE_OFFLINE_MODE: '1', NO_COLOR: '1', PYTHONUNBUFFERED: '1' };
  return { ...process.env, ...quiet, HOME: home, PYTHONDONTWRITEBYTECODE: '' };
}

/** A peer that hangs must not keep the tests from ending. */
const LIMIT = { timeout: 240_000, killSignal: 'SIGKILL' } as const;

/** Runs a program of a peer to its end. */
export async function runPeer(file: string, args: readonly string[], run: PeerRun): Promise<Ended> {
  const env = { ...peerEnvironment(run.cwd), ...run.env };
  const child = spawn(file, args, { cwd: run.cwd, env, stdio: ['pipe', 'pipe', 'pipe'], ...LIMIT });
  let [stdout, stderr, rest] = ['', '', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) run.onLine?.(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A peer that ends without reading its input has its own reasons.
  child.stdin.on('error', () => undefined);
  child.stdin.end(run.input ?? '');
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { exitCode, stdout, stderr };
}

/** Runs one of our scripts in the Python of a peer, with a job as its file. @throws with its output unless it ends with 0 */
export async function runScript(key: string, script: string, job: unknown, run: PeerRun): Promise<Ended> {
  const file = path.join(run.cwd, `${script}.job.json`);
  fs.writeFileSync(file, JSON.stringify(job));
  const ended = await runPeer(programOf(key), [path.join(SCRIPTS, script), file], run);
  if (ended.exitCode === 0) return ended;
  throw new Error(`${script} ended with ${ended.exitCode}:\n${ended.stderr.slice(-4000)}${ended.stdout.slice(-1000)}`);
}

/** The JSON behind a word at the start of a line, for each such line. */
export function reported<Value>({ stdout }: Ended, word: string): readonly Value[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith(`${word} `));
  return lines.map((line) => JSON.parse(line.slice(word.length + 1)) as Value);
}

/** An executable file of a command of ours: what clients start that take no arguments before their own. */
export function executable(folder: string, name: string, { argv }: Command): string {
  const file = path.join(folder, name);
  const words = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  fs.writeFileSync(file, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  return file;
}
