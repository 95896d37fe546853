import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { makeFolder, removeFolder } from '../harness/folder.js';
import { preload } from '../harness/preload.js';
import { protocolSchemaMissing } from '../harness/protocol-schema.js';
import { errorsOf, messagesOf, type RunOptions, runCommand } from '../harness/run-command.js';
import { statement } from '../harness/statement.js';
import type { ConnectorBench, ConnectorProfile } from './profile.js';
import { told } from './run-checked.js';

/** A text that stands in broken files and must not be repeated. */
const CONTENT = 'content-of-a-private-file';

/** C-01, C-05, C-06, C-07, C-11, C-12, C-13: commands, their files and their exit codes. */
export function commandSuite(profile: ConnectorProfile): void {
  let bench: ConnectorBench;
  beforeAll(async () => {
    bench = await profile.open('process');
  });
  afterAll(() => bench.close());
  const check = (id: string, title: string, run: () => Promise<void>, timeoutMs?: number) =>
    statement(id, title, profile.bypass, run, timeoutMs);
  const file = (name: string, content: string): string => {
    const place = path.join(bench.folder, name);
    fs.writeFileSync(place, content);
    return place;
  };
  const config = () => file('good-config.json', JSON.stringify(bench.config));

  const missing = protocolSchemaMissing();
  const schemaBypass = missing === undefined ? undefined : { 'C-01': missing };
  statement('C-01', "a whole run ends with 0; its messages are valid under the platform's schema", schemaBypass, () =>
    succeed(),
  );
  async function succeed(): Promise<void> {
    const { args, input } = await bench.small();
    const result = await bench.run(args, withInput(input?.()));
    expect([result.exitCode, result.rest, told(result)]).toEqual([0, '', expect.any(String)]);
  }

  check('C-01', 'a failed run ends with 1 and an ERROR trace; a refused config is FAILED with 0', async () => {
    const { args, input } = await bench.small();
    const broken = file('not-a-catalog.json', '{"streams":[{"stream":{"name":"x"}}]}');
    const result = await bench.run(replaced(args, '--catalog', broken), withInput(input?.()));
    expect([result.exitCode, errorsOf(result).length]).toEqual([1, 1]);
    const refused = await bench.run(['check', '--config', file('empty-config.json', '{}')]);
    expect([refused.exitCode, messagesOf(refused, 'CONNECTION_STATUS')[0]?.connectionStatus.status]).toEqual([
      0,
      'FAILED',
    ]);
  });

  check('C-05', 'an input file that cannot be used gives one config_error without its content', async () => {
    const { args } = await bench.small();
    const options = ['--config', '--catalog', ...(profile.kind === 'source' ? ['--state'] : [])];
    const loop = path.join(bench.folder, 'loop.json');
    fs.symlinkSync(loop, loop);
    const broken: Record<string, string> = {
      missing: path.join(bench.folder, 'no-such-file.json'),
      empty: file('empty.json', ''),
      blank: file('blank.json', ' \n\t '),
      'not JSON': file('broken.json', `{"a": "${CONTENT}"`),
      'a list or text': file('text.json', `"${CONTENT}"`),
      'a folder': bench.folder,
      // Permissions do not stop root; a link to itself stops everybody.
      unreadable: loop,
    };
    await inPairs(
      options.flatMap((option) => Object.entries(broken).map(([kind, place]) => ({ option, kind, place }))),
      async ({ option, kind, place }) => {
        const given = args.includes(option) ? replaced(args, option, place) : [...args, option, place];
        const result = await bench.run(given);
        const seen = {
          option,
          kind,
          exit: result.exitCode,
          errors: errorsOf(result).map((error) => error.failureType),
        };
        expect(seen).toEqual({ option, kind, exit: 1, errors: ['config_error'] });
        expect(result.lines.join('\n') + result.stderr).not.toContain(CONTENT);
      },
    );
    const [command = ''] = args;
    const bare = await bench.run([command]);
    expect([bare.exitCode, errorsOf(bare).map((error) => error.failureType)]).toEqual([1, ['config_error']]);
  });

  check('C-06', 'files are parsed as JSON whatever their name; JavaScript in them is not run', async () => {
    const text = JSON.stringify(bench.config);
    for (const name of ['config.js', 'config']) {
      const result = await bench.run(['check', '--config', file(name, text)]);
      expect([name, messagesOf(result, 'CONNECTION_STATUS')[0]?.connectionStatus.status]).toEqual([name, 'SUCCEEDED']);
    }
    const trace = path.join(bench.folder, 'was-run');
    const script = `require('node:fs').writeFileSync(${JSON.stringify(trace)}, ''); module.exports = ${text};`;
    for (const name of ['script.cjs', 'script.json']) {
      const result = await bench.run(['check', '--config', file(name, script)]);
      expect([result.exitCode, errorsOf(result).map((error) => error.failureType)]).toEqual([1, ['config_error']]);
    }
    expect(fs.existsSync(trace)).toBe(false);
  });

  check('C-07', 'an unknown command line: usage on stderr, nothing on stdout, exit code above 0', async () => {
    const place = config();
    const lines = [
      [],
      ['reed'],
      ['--config', place],
      ['check', '--confg', place],
      ['spec', 'extra'],
      ['check', '--config'],
    ];
    for (const args of [...lines, ['check', '--config', place, '--config', place], ['check', '--state', place]]) {
      const result = await bench.run(args);
      expect([args[0], result.stdoutBytes, result.exitCode]).toEqual([args[0], 0, 2]);
      expect(result.stderr).toContain('Usage:');
      expect(result.stderr).toContain('check --config');
    }
  });

  check(
    'C-11',
    'spec works without files, environment, network and rights, as uid 1000 (read-only root: image suite)',
    async () => {
      const folder = makeFolder();
      try {
        fs.chmodSync(folder, 0o555);
        const options = { isBareEnv: true, cwd: folder, preload: [preload('no-world')] };
        const result = await runCommand({ argv: isolated(profile.command.argv) }, ['spec'], options);
        expect([result.exitCode, result.messages.map(({ message }) => message.type), result.stderr]).toEqual([
          0,
          ['SPEC'],
          '',
        ]);
      } finally {
        removeFolder(folder);
      }
    },
  );

  check(
    'C-12',
    'files with a byte order mark, CRLF and U+2028 are read; lone surrogates and NUL do not crash',
    async () => {
      const { args, input } = await bench.small();
      const place = args[args.indexOf('--catalog') + 1] as string;
      const odd = { note: 'lone \ud800, nul \u0000, separators \u2028\u2029', 'key \udfff': 1 };
      const dressed = (value: object) =>
        `\uFEFF${JSON.stringify({ ...value, odd }, null, 2)
          .replaceAll('\n', '\r\n')
          .replace('\\u2028', '\u2028')}\r\n`;
      const withConfig = replaced(args, '--config', file('dressed-config.json', dressed(bench.config)));
      const catalog = JSON.parse(fs.readFileSync(place, 'utf8')) as object;
      const given = replaced(withConfig, '--catalog', file('dressed-catalog.json', dressed(catalog)));
      const state = profile.kind === 'source' ? ['--state', file('dressed-state.json', '\uFEFF[]\r\n')] : [];
      const result = await bench.run([...given, ...state], withInput(input?.()));
      expect([result.exitCode, told(result)]).toEqual([0, expect.any(String)]);
    },
  );

  check('C-13', 'unknown fields in config and catalog are ignored', async () => {
    const { args, input } = await bench.small();
    const place = args[args.indexOf('--catalog') + 1] as string;
    const catalog = JSON.parse(fs.readFileSync(place, 'utf8')) as { streams: object[] };
    const streams = catalog.streams.map((stream) => ({ ...stream, from_the_future: { a: [1] } }));
    const changed = file('future-catalog.json', JSON.stringify({ streams, from_the_future: true }));
    const wide = file('future-config.json', JSON.stringify({ ...bench.config, from_the_future: { a: 1 } }));
    const given = replaced(replaced(args, '--catalog', changed), '--config', wide);
    const result = await bench.run(given, withInput(input?.()));
    expect([result.exitCode, told(result)]).toEqual([0, expect.any(String)]);
  });
}

/** Options of a run with input, if there is any. */
export function withInput(input: RunOptions['input']): RunOptions {
  return input === undefined ? {} : { input };
}

/** Arguments with the value behind an option replaced. */
function replaced(args: readonly string[], option: string, value: string): readonly string[] {
  const at = args.indexOf(option);
  return args.map((arg, index) => (index === at + 1 ? value : arg));
}

/** Runs work for items, two at a time. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all([lane(), lane()]);
}

/** The command without a network and as user 1000, as far as this machine lets us; the preload forbids the rest. */
function isolated(argv: readonly [string, ...string[]]): readonly [string, ...string[]] {
  const wrappers: readonly (readonly [string, ...string[]])[] = [
    ['unshare', '--net', 'setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'],
    ['unshare', '--map-root-user', '--net'],
    ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups'],
  ];
  for (const wrapper of wrappers) {
    const [file, ...rest] = [...wrapper, process.execPath, '-e', ''] as [string, ...string[]];
    if (spawnSync(file, rest, { stdio: 'ignore' }).status === 0) return [...wrapper, ...argv];
  }
  return argv;
}
