import { type RunIn, runInProcess } from '../src/harness/run-in-process.js';

/** Says its arguments and repeats its input. */
const echo: RunIn = async ({ argv, stdin, stdout, stderr }) => {
  stdout.write(`{"type":"LOG","log":{"level":"INFO","message":"${argv.join(' ')}"}}\n`);
  for await (const chunk of stdin) stdout.write(chunk);
  stderr.write('a warning\n');
  return 3;
};

describe('a run inside of the process of the test', () => {
  it('gives messages, lines, exit code and stderr, also of lines that arrive in pieces', async () => {
    const text = `{"type":"LOG","log":{"level":"INFO","message":"${'x'.repeat(200_000)}"}}`;
    const result = await runInProcess('echo', echo, ['write', '--config', 'file'], { input: [text, '\n'] });
    expect(result.lines).toEqual(['{"type":"LOG","log":{"level":"INFO","message":"write --config file"}}', text]);
    expect([result.exitCode, result.stderr.trim(), result.messages.length]).toEqual([3, 'a warning', 2]);
  });

  it.each([
    ['is no message', 'plain text\n', /wrote a line that is no protocol message|not valid JSON/],
    ['has no end', '{"type":"LOG"}', /ended inside of a line/],
  ])('fails when a line of stdout %s', async (_what, input, reason) => {
    await expect(runInProcess('echo', echo, ['write'], { input: [input] })).rejects.toThrow(reason);
  });

  it('stops a run that takes too long, as a signal would, and fails', async () => {
    const waits: RunIn = ({ events }) => new Promise((resolve) => events.once('SIGTERM', () => resolve(143)));
    await expect(runInProcess('waits', waits, ['write'], { timeoutMs: 5 })).rejects.toThrow('did not end in time');
  });

  it('a run that throws leaves no timer that would keep the test process alive', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const breaks: RunIn = () => Promise.reject(new Error('broken'));
      await expect(runInProcess('breaks', breaks, ['write'])).rejects.toThrow('broken');
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
