import { tmpdir } from 'node:os';
import { ConfigError, TransientError } from '@cuttle/protocol';
import { Awaited } from '../../src/command/awaited.js';
import type { Connector } from '../../src/command/connector.js';
import type { Invocation } from '../../src/command/invocation.js';
import { runConnector } from '../../src/command/run-connector.js';
import { MemoryOutput, memoryHost, until, writeFiles } from '../memory-host.js';

const SECRET = 'canary-4711';

function connector(run: (invocation: Invocation) => Promise<void> = async () => undefined): Connector {
  return {
    spec: {
      connectionSpecification: {
        type: 'object',
        required: ['token'],
        properties: { token: { type: 'string', airbyte_secret: true }, host: { type: 'string', default: 'main' } },
      },
    },
    check: async ({ config }) => {
      if (config['host'] === 'bad') throw new ConfigError(`host refused ${SECRET}`, { code: 'X' });
      if (config['host'] === 'broken') throw new Error(`defect ${SECRET}`);
    },
    commands: { read: { options: ['config', 'catalog', 'state?'], run } },
  };
}

const files = writeFiles({
  config: { token: SECRET },
  'config.js': { token: SECRET },
  bom: `\uFEFF{"token":"${SECRET}"}`,
  bad: { token: SECRET, host: 'bad' },
  broken: { token: SECRET, host: 'broken' },
  invalid: { host: SECRET },
  empty: '',
  script: `module.exports = { token: '${SECRET}' }; global.executed = true;`,
  catalog: { streams: [] },
});

async function run(argv: string[], read?: (invocation: Invocation) => Promise<void>) {
  const around = memoryHost(argv);
  const exitCode = await runConnector(connector(read), around.host);
  return { ...around, exitCode, lines: around.stdout.lines };
}

const readArgs = ['read', '--config', files['config']!, '--catalog', files['catalog']!];

describe('command runner', () => {
  it('C-11 spec needs no files and prints one message', async () => {
    const { exitCode, lines } = await run(['spec']);
    expect([exitCode, lines.length, lines[0].type]).toEqual([0, 1, 'SPEC']);
  });

  it.each([
    [[]],
    [['dance']],
    [['spec', '--config', 'x']],
    [['check', '--config']],
    [['check', '--config', 'a', '--config', 'b']],
  ])('C-07 an unknown command line gives usage on stderr only: %p', async (argv) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect(exitCode).not.toBe(0);
    expect(stdout.text).toBe('');
    expect(stderr.text).toContain('Usage:');
  });

  it('a hidden command runs, and usage does not name it', async () => {
    const hidden = {
      ...connector(),
      commands: { sql: { options: ['config'] as const, run: async () => undefined, isHidden: true } },
    };
    expect(await runConnector(hidden, memoryHost(['sql', '--config', files['config']!]).host)).toBe(0);
    const { host, stderr } = memoryHost(['dance']);
    await runConnector(hidden, host);
    expect(stderr.text).toContain('check --config FILE');
    expect(stderr.text).not.toContain('sql');
  });

  it.each([
    ['missing', ['check', '--config', '/nowhere/config.json']],
    ['not named', ['check']],
    ['a folder', ['check', '--config', tmpdir()]],
    ['empty', ['check', '--config', files['empty']!]],
    ['no JSON', ['check', '--config', files['script']!]],
    ['a missing catalog', ['read', '--config', files['config']!, '--catalog', '/nowhere']],
    ['an empty state', [...readArgs, '--state', files['empty']!]],
  ])('C-05 an input file that is %s gives one config_error without its content', async (_case, argv) => {
    const { exitCode, lines, stdout } = await run(argv);
    expect(exitCode).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0].trace.error.failure_type).toBe('config_error');
    expect(stdout.text).not.toContain(SECRET);
  });

  it('C-06 C-12 files are JSON whatever their name; a byte order mark is skipped; nothing is executed', async () => {
    for (const name of ['config.js', 'bom']) {
      const { exitCode } = await run(['check', `--config=${files[name]}`]);
      expect(exitCode).toBe(0);
    }
    await run(['check', '--config', files['script']!]);
    expect((globalThis as { executed?: boolean }).executed).toBeUndefined();
  });

  it('CHK-01 check answers FAILED with exit 0 for a bad config, a TRACE with exit 1 for a defect', async () => {
    const good = await run(['check', '--config', files['config']!]);
    expect([good.exitCode, good.lines.length, good.lines[0].connectionStatus.status]).toEqual([0, 1, 'SUCCEEDED']);
    for (const [name, text] of [
      ['bad', 'host refused ****'],
      ['invalid', '/token is required'],
    ] as const) {
      const { exitCode, lines } = await run(['check', '--config', files[name]!]);
      expect([exitCode, lines.length, lines[0].connectionStatus.status]).toEqual([0, 1, 'FAILED']);
      expect(lines[0].connectionStatus.message).toContain(text);
    }
    const broken = await run(['check', '--config', files['broken']!]);
    expect([broken.exitCode, broken.lines.length, broken.lines[0].trace.error.failure_type]).toEqual([
      1,
      1,
      'system_error',
    ]);
    expect(broken.stdout.text).not.toContain(SECRET);
  });

  it('C-01 a throw becomes one ERROR trace behind everything that was queued, and exit 1', async () => {
    const { exitCode, lines } = await run(readArgs, async ({ log, config }) => {
      for (let index = 0; index < 1000; index += 1) log.info(`line ${index}`);
      throw new Error(`failed at ${config['host']} ${SECRET}`);
    });
    expect(exitCode).toBe(1);
    expect(lines).toHaveLength(1001);
    expect(lines.at(-1).trace.error.message).toBe('failed at main ****');
  });

  it.each([
    ['spec', ['spec'], 'SPEC', 0],
    ['check', ['check', '--config', files['config']!], 'CONNECTION_STATUS', 0],
    ['discover', ['discover', '--config', files['config']!], 'CATALOG', 0],
    ['read', readArgs, 'CATALOG', 143],
  ])('C-08 a client that ends %s once it has the answer', async (_command, argv, type, code) => {
    const around = memoryHost(argv);
    const output = new MemoryOutput();
    const take = output._write.bind(output);
    output._write = (chunk, encoding, done) => {
      take(chunk, encoding, done);
      around.events.emit('SIGTERM');
    };
    const answer = async ({ writer }: Invocation) => writer.write({ type: 'CATALOG', catalog: { streams: [] } });
    const made = connector(answer);
    const discover = { options: ['config'] as const, run: answer };
    const commands = { ...made.commands, discover };
    expect(await runConnector({ ...made, commands }, { ...around.host, stdout: output })).toBe(code);
    expect(output.lines.map((line) => line.type)).toEqual(code === 0 ? [type] : [type, 'TRACE']);
  });

  it('C-08 check that a signal stops before its answer ends with 143', async () => {
    const around = memoryHost(['check', '--config', files['config']!]);
    const check = () => {
      around.events.emit('SIGTERM');
      return Promise.reject(new ConfigError('stopped', { code: 'X' }));
    };
    expect(await runConnector({ ...connector(), check }, around.host)).toBe(143);
    expect(around.stdout.lines.map((line) => line.type)).toEqual(['TRACE']);
  });

  it('C-08 the first signal aborts at once and ends with 143, the second ends at once', async () => {
    const around = memoryHost(readArgs);
    const ended = runConnector(
      connector(
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')));
            setImmediate(() => around.events.emit('SIGTERM'));
          }),
      ),
      around.host,
    );
    expect(await ended).toBe(143);
    expect(around.stdout.lines).toHaveLength(1);
    expect(around.stdout.lines[0].trace.error.failure_type).toBe('transient_error');
    const stuck = memoryHost(readArgs);
    void runConnector(
      connector(() => {
        setImmediate(() => stuck.events.emit('SIGINT') && stuck.events.emit('SIGINT'));
        return new Promise(() => undefined);
      }),
      stuck.host,
    );
    await until(() => stuck.exits.length > 0);
    expect(stuck.exits).toEqual([130]);
  });

  it.each([
    'uncaughtException',
    'unhandledRejection',
  ])('C-09 an %s gives exactly one ERROR trace and exit 1', async (event) => {
    const around = memoryHost(readArgs);
    const exitCode = await runConnector(
      connector(async ({ writer }) => {
        around.events.emit(event, new Error(`lost ${SECRET}`));
        around.events.emit(event, new Error('again'));
        await new Promise((resolve) => setTimeout(resolve, 5));
        await writer.flush();
      }),
      around.host,
    );
    expect(exitCode).toBe(1);
    expect(around.exits).toEqual([1]);
    expect(around.stdout.lines.map((line) => line.trace.error.message)).toEqual(['lost ****']);
  });

  it.each([
    ['a promise that is rejected', setImmediate],
    ['a timer that throws', (act: () => void) => setTimeout(act, 0)],
  ])('C-09 %s behind the last await is told too', async (_what, later) => {
    const around = memoryHost(readArgs);
    // Node tells of it when the command has returned already.
    const late = async () => void later(() => around.events.emit('unhandledRejection', new Error('late')));
    expect(await runConnector(connector(late), around.host)).toBe(1);
    expect(around.stdout.lines.map((line) => line.trace.error.message)).toEqual(['late']);
  });

  it('C-01 a command that nothing can end any more: one ERROR trace that names what it waits for, and exit 1', async () => {
    const around = memoryHost(readArgs);
    const never = connector(({ awaited, signal }) => {
      signal.addEventListener('abort', () => around.events.emit('beforeExit'));
      setImmediate(() => around.events.emit('beforeExit'));
      return awaited.during(
        'the statement "x"',
        awaited.during(`the answer to GET /${SECRET}`, new Promise(() => undefined)),
      );
    });
    void runConnector(never, around.host);
    await until(() => around.exits.length > 0);
    expect(around.exits).toEqual([1]);
    const [log, trace, ...more] = around.stdout.lines;
    expect(log.log.message).toContain('It waits for the command read, the answer to GET /****, the statement "x".');
    expect(trace.trace.error).toMatchObject({ failure_type: 'system_error', internal_message: 'COMMAND_STALLED' });
    expect(more).toEqual([]);
  });

  it('C-01 a stall whose abort ends the command is told once; behind a signal it is the signal’s end', async () => {
    const stalled = memoryHost(readArgs);
    const ends = ({ signal }: Invocation) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('an echo')));
        setImmediate(() => stalled.events.emit('beforeExit'));
      });
    expect(await runConnector(connector(ends), stalled.host)).toBe(1);
    expect(stalled.stdout.lines.map(({ type }) => type)).toEqual(['LOG', 'TRACE']);
    const signalled = memoryHost(readArgs);
    setImmediate(() => signalled.events.emit('SIGTERM') && signalled.events.emit('beforeExit'));
    void runConnector(
      connector(() => new Promise(() => undefined)),
      signalled.host,
    );
    await until(() => signalled.exits.length > 0);
    expect(signalled.exits).toEqual([143]);
    expect(signalled.stdout.lines.at(-1).trace.error.failure_type).toBe('transient_error');
  });

  it('C-01 what is awaited is forgotten once it is settled', async () => {
    const awaited = new Awaited();
    const failed = awaited.during('b', Promise.reject(new Error('x'))).catch(() => undefined);
    await Promise.all([awaited.during('a', Promise.resolve(1)), failed]);
    expect(awaited.names).toEqual([]);
    void awaited.during('c', new Promise(() => undefined));
    void awaited.during('c', new Promise(() => undefined));
    expect(awaited.names).toEqual(['c']);
  });

  it('CHK-01 a host that cannot be reached is a wrong address: FAILED, exit 0', async () => {
    const around = memoryHost(['check', '--config', files['config']!]);
    const unreachable = new TransientError('nobody answers', { code: 'HOST_UNREACHABLE' });
    const exitCode = await runConnector({ ...connector(), check: () => Promise.reject(unreachable) }, around.host);
    expect([exitCode, around.stdout.lines[0].connectionStatus]).toEqual([
      0,
      { status: 'FAILED', message: 'nobody answers' },
    ]);
  });
});
