import { EventEmitter } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Host } from '../src/command/host.js';

/** A parsed line of output; tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: assertions reach into messages of every type
export type Line = any;

/** A writable that keeps what it gets. */
export class MemoryOutput extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  get lines(): Line[] {
    return this.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
}

/** A host in memory, with the exit codes that were asked for. */
export function memoryHost(argv: readonly string[], clock = () => 1_700_000_000_000) {
  const stdout = new MemoryOutput();
  const stderr = new MemoryOutput();
  const events = new EventEmitter();
  const exits: number[] = [];
  const host: Host = {
    argv,
    stdin: Readable.from([]),
    stdout,
    stderr,
    events,
    clock,
    exit: (code) => exits.push(code),
  };
  return { host, stdout, stderr, events, exits };
}

/** Writes files into a fresh folder and gives the path of each; texts as they are, the rest as JSON. */
export function writeFiles(files: Record<string, unknown>): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-test-'));
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => {
      const path = join(folder, name);
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      return [name, path];
    }),
  );
}

/** Waits until something holds; jest's own limit ends a wait for what never comes. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
