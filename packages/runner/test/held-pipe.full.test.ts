import fs from 'node:fs';
import { isAlive, until, Workspace, type WorkspaceOptions } from './harness.js';

const open: Workspace[] = [];
const children: number[] = [];

function workspace(source: object, more: Partial<WorkspaceOptions> = {}): Workspace {
  const made = new Workspace({ streams: [{ name: 'orders', count: 20, state_every: 5 }], ...more });
  open.push(made);
  made.write({ streams: [{ name: 'orders', count: 20, state_every: 5 }], ...more, source: withChild(made, source) });
  return made;
}

const withChild = (made: Workspace, source: object): object => ({ child_file: made.file('child.pid'), ...source });

function childOf(made: Workspace): number {
  const pid = Number(fs.readFileSync(made.file('child.pid'), 'utf8'));
  children.push(pid);
  return pid;
}

afterEach(() => {
  for (const made of open.splice(0)) made.remove();
  for (const pid of children.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

describe('a process that a source leaves behind with its output open', () => {
  it('F-RUN-08 does not keep the run: all rows arrive, and it is ended with the source', async () => {
    const made = workspace({ leaves_child: 'group' });
    const result = await made.run();
    expect(result.outcome).toBe('succeeded');
    expect(made.ids('default.orders')).toHaveLength(20);
    const child = childOf(made);
    await until(() => !isAlive(child));
  });

  it('F-RUN-08 does not keep the run when it has left the process group; the log says so', async () => {
    const made = workspace({ leaves_child: 'session' });
    const result = await made.run();
    childOf(made);
    expect(result.outcome).toBe('succeeded');
    expect(result.events).toContainEqual(
      expect.objectContaining({ type: 'log', level: 'WARN', message: expect.stringContaining('kept its output open') }),
    );
  });

  it('F-RUN-10 the second Ctrl-C ends the run at once, whatever holds the pipe and ignores signals', async () => {
    const streams = [{ name: 'orders', count: 10_000, state_every: 10, pause_ms: 5 }];
    const made = workspace({ leaves_child: 'session', ignores_term: true }, { streams });
    const [stop, kill] = [new AbortController(), new AbortController()];
    // Waiting for either would take longer than the test may.
    const limits = { stopMs: 3_600_000, finishMs: 3_600_000 };
    const run = made.run({ signal: stop.signal, killSignal: kill.signal, limits });
    await until(() => made.ids('default.orders').length > 0);
    childOf(made);
    stop.abort();
    kill.abort();
    expect((await run).outcome).toBe('cancelled');
  });
});
