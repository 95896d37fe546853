import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckdbFile, makeFolder, ROOT, removeFolder } from '@cuttle/testing';
import { connectorFolders } from '../connectors.js';
import { docker } from './container.js';

const CUTTLE = path.join(ROOT, 'packages', 'cli', 'bin', 'cuttle.js');

/** A checkout with the Novel documents; its connectors are there, or only their specs, so that nothing but images runs. */
function makeCheckout(connectors: 'whole' | 'specs only'): string {
  const root = makeFolder();
  for (const folder of ['connections', 'dashboards', 'dbt']) {
    fs.cpSync(path.join(ROOT, folder), path.join(root, folder), { recursive: true });
  }
  fs.symlinkSync(path.join(ROOT, '.venv'), path.join(root, '.venv'));
  for (const folder of connectorFolders()) {
    const [from, to] = connectors === 'whole' ? [folder, folder] : [`${folder}/resources`, `${folder}/resources`];
    fs.mkdirSync(path.dirname(path.join(root, to)), { recursive: true });
    fs.symlinkSync(path.join(ROOT, from), path.join(root, to));
  }
  return root;
}

function startDemo(root: string, options: readonly string[]): ChildProcess {
  return spawn(process.execPath, [CUTTLE, 'demo', '--json', ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Rows of each table without the columns of the load itself, sorted. */
async function contentOf(root: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const file = new DuckdbFile(path.join(root, '.cuttle', 'novel.duckdb'));
  const tables = (await file.tables()).filter((table) => table.startsWith('RAW.') && !table.includes('_cuttle_'));
  const content: Record<string, readonly string[]> = {};
  for (const table of tables) {
    const [schema, name] = table.split('.') as [string, string];
    const rows = (await file.rows(schema, name)) ?? [];
    content[table] = rows
      .map((row) => JSON.stringify(Object.entries(row).filter(([column]) => !column.startsWith('_airbyte_'))))
      .sort();
  }
  return content;
}

async function demo(root: string, options: readonly string[]): Promise<void> {
  const child = startDemo(root, options);
  let told = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`cuttle demo ${options.join(' ')} ended with ${code}\n${told}`);
}

function containers(): readonly string[] {
  return docker(['ps', '--filter', 'name=cuttle-', '--format', '{{.Names}}']).split('\n').filter(Boolean);
}

describe('cuttle run --images', () => {
  it('no container outlives a run that was killed', async () => {
    const root = makeCheckout('specs only');
    try {
      const child = startDemo(root, ['--images']);
      while (containers().length === 0 && child.exitCode === null) await sleep(20);
      expect(containers()).not.toEqual([]);
      child.kill('SIGKILL');
      await once(child, 'exit');
      while (containers().length > 0) await sleep(50);
    } finally {
      removeFolder(root);
    }
  });

  it('the Novel stack arrives from images as it does from processes', async () => {
    const [byImages, byProcesses] = [makeCheckout('specs only'), makeCheckout('whole')];
    try {
      await demo(byImages, ['--images']);
      await demo(byProcesses, []);
      const content = await contentOf(byImages);
      expect(Object.values(content).flat().length).toBeGreaterThan(5000);
      expect(content).toEqual(await contentOf(byProcesses));
    } finally {
      removeFolder(byImages);
      removeFolder(byProcesses);
    }
  });
});
