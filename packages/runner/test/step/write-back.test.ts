import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '@cuttle/protocol';
import { type Launcher, type WriteBackEnd, writeBack } from '../../src/index.js';
import { Workspace } from '../harness.js';

/** What a destination does with its lines; `say` writes a message. */
const HEAD = `
const lines = require('node:fs').readFileSync(0, 'utf8').trim().split('\\n');
const say = (message) => console.log(JSON.stringify(message));
const log = (level, message) => say({ type: 'LOG', log: { level, message } });
const state = () => console.log(lines.at(-1));
`;

describe('writeBack', () => {
  const files: string[] = [];
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ streams: [{ name: 'rows', count: 1 }] });
    const token = path.join(workspace.root, 'token');
    fs.writeFileSync(token, 'canary-token');
    workspace.write({ streams: [{ name: 'rows', count: 1 }], destination: { token: { $file: token } } });
  });
  afterAll(() => workspace.remove());

  async function run(script: string, silenceMs = 600_000): Promise<WriteBackEnd> {
    const launcher: Launcher = {
      start: (request) => {
        files.push(request.files['config'] as string, request.files['catalog'] as string);
        return spawn(process.execPath, ['-e', HEAD + script], {
          stdio: ['pipe', 'pipe', 'pipe'],
          detached: true,
        });
      },
    };
    const rows = async (add: (row: JsonObject) => void) => [{ id: 1 }, { id: 2 }].forEach(add);
    const { destination } = workspace.plan();
    const request = { destination, root: process.cwd(), environment: {}, stream: 'rows', primaryKey: ['id'], rows };
    return writeBack({ ...request, launcher, silenceMs });
  }

  it('succeeds when the state behind the last row came back; hides secrets and leaves no file', async () => {
    const end = await run("log('INFO', lines.length + ' lines with canary-token'); log('DEBUG', 'x'); state();");
    expect(end).toEqual({ outcome: 'succeeded', logs: ['3 lines with ****'], errors: [], rows: 2 });
    expect(files.map((file) => fs.existsSync(file))).toEqual([false, false]);
  });

  it('fails when no state came back, whatever the exit code says', async () => {
    expect(await run("log('INFO', 'a dry run')")).toEqual({
      outcome: 'failed',
      logs: ['a dry run'],
      errors: [expect.stringContaining('did not confirm that they are written')],
      rows: 2,
    });
  });

  it('fails with the error that the destination gives, or with its exit', async () => {
    const trace = "{ type: 'ERROR', emitted_at: 1, error: { message: 'no canary-token' } }";
    const told = await run(`state(); say({ type: 'TRACE', trace: ${trace} }); process.exitCode = 1;`);
    expect(told).toMatchObject({ outcome: 'failed', errors: ['no ****'] });
    const silent = await run('process.exitCode = 3;');
    expect(silent.errors).toEqual([expect.stringMatching(/ended with .*3.* and gave no reason/)]);
  });

  it('F-RUN-08 stops a destination that neither ends nor says anything', async () => {
    const end = await run('setInterval(() => undefined, 1000);', 300);
    expect(end).toMatchObject({
      outcome: 'failed',
      errors: ['The destination made no progress for 0.3 s and was stopped.'],
    });
  });

  it('F-RUN-09 survives a message whose parts are of other types', async () => {
    const odd =
      "[{ type: 'LOG', log: null }, { type: 'TRACE' }, { type: 'TRACE', trace: { type: 'ERROR', error: null } }]";
    const end = await run(`for (const message of ${odd}) say(message); state();`);
    expect(end).toMatchObject({ outcome: 'failed', errors: ['It gave no reason.'] });
  });

  it('starts no destination when it is cancelled while the rows are read', async () => {
    const stop = new AbortController();
    const launcher: Launcher = {
      start: () => {
        throw new Error('started');
      },
    };
    const { destination } = workspace.plan();
    const base = { destination, root: process.cwd(), environment: {}, stream: 'rows', primaryKey: ['id'], launcher };
    const end = await writeBack({ ...base, rows: async () => stop.abort(), signal: stop.signal });
    expect(end.outcome).toBe('cancelled');
  });
});
