import { Writable } from 'node:stream';
import { Secrets } from '../../src/config/secrets.js';
import { MessageWriter } from '../../src/io/message-writer.js';
import { recordTarget } from '../../src/io/record-target.js';
import { MemoryOutput, until } from '../memory-host.js';

const target = recordTarget({
  stream: { name: 'orders', json_schema: {}, supported_sync_modes: ['full_refresh'] },
  sync_mode: 'full_refresh',
  destination_sync_mode: 'append',
});
const state = { type: 'STATE', state: { type: 'STREAM' } } as const;

function writerOn(output: Writable, onFailure?: () => void) {
  const secrets = new Secrets();
  secrets.add('canary-1');
  return new MessageWriter({ output, secrets, clock: () => 5, ...(onFailure === undefined ? {} : { onFailure }) });
}

/** Takes a chunk only when told to. */
class SlowOutput extends Writable {
  readonly taken: string[] = [];
  #next: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1024 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString());
    this.#next = done;
  }

  take(): void {
    this.#next?.();
  }
}

describe('MessageWriter', () => {
  it('holds small writes back and sends everything with a STATE, in order', async () => {
    const output = new MemoryOutput();
    const writer = writerOn(output);
    await writer.writeRecords(target, [{ id: 1 }, { id: 2 }]);
    expect(output.text).toBe('');
    await writer.write(state);
    expect(output.lines.map((line) => line.record?.data.id ?? line.type)).toEqual([1, 2, 'STATE']);
    await writer.end();
  });

  it('puts the changes of a page into the meta of each record', async () => {
    const output = new MemoryOutput();
    const writer = writerOn(output);
    const changes = [{ field: 'b', change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' }] as const;
    expect(
      await writer.writeRecords(target, {
        records: [
          { a: 1, b: null },
          { a: 2, b: null },
        ],
        changes,
      }),
    ).toBe(2);
    await writer.end();
    expect(output.lines.map((line) => line.record)).toEqual([
      { stream: 'orders', emitted_at: 5, meta: { changes }, data: { a: 1, b: null } },
      { stream: 'orders', emitted_at: 5, meta: { changes }, data: { a: 2, b: null } },
    ]);
  });

  it('sends what waits after the flush interval', async () => {
    const output = new MemoryOutput();
    const writer = writerOn(output);
    writer.setFlushInterval(10);
    writer.post({ type: 'LOG', log: { level: 'INFO', message: 'hello' } });
    await until(() => output.lines.length > 0);
    expect(output.lines).toHaveLength(1);
    await writer.end();
  });

  it('C-03 waits for a slow reader instead of queueing', async () => {
    const output = new SlowOutput();
    const writer = writerOn(output);
    const page = Array.from({ length: 200 }, (_, id) => ({ id, text: 'x'.repeat(1000) }));
    let written = 0;
    const work = (async () => {
      for (let index = 0; index < 10; index += 1) written += await writer.writeRecords(target, page);
    })();
    await until(() => output.taken.length > 0);
    expect(written).toBe(0);
    expect(output.taken).toHaveLength(1);
    const timer = setInterval(() => output.take(), 0);
    await work;
    await writer.end();
    clearInterval(timer);
    expect(output.taken.join('').split('\n')).toHaveLength(2001);
  });

  it('X-01 masks LOG, TRACE and CONNECTION_STATUS, never RECORD, STATE or CONTROL', async () => {
    const output = new MemoryOutput();
    const writer = writerOn(output);
    const text = 'the canary-1 value';
    await writer.write({ type: 'LOG', log: { level: 'INFO', message: text, stack_trace: text } });
    const error = { message: text, internal_message: text, stack_trace: text };
    await writer.write({ type: 'TRACE', trace: { type: 'ERROR', emitted_at: 1, error } });
    await writer.write({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: text } });
    const shown = output.text.length;
    await writer.writeRecords(target, [{ text }]);
    await writer.write({
      type: 'CONTROL',
      control: { type: 'CONNECTOR_CONFIG', emitted_at: 1, connectorConfig: { config: { text } } },
    });
    await writer.write({
      type: 'STATE',
      state: { type: 'STREAM', stream: { stream_descriptor: { name: 'a' }, stream_state: { text } } },
    });
    await writer.end();
    expect(output.text.slice(0, shown)).not.toContain('canary-1');
    expect(output.text.match(/the canary-1 value/g)).toHaveLength(3);
  });

  it.each([
    ['asynchronously'],
    ['in the call itself'],
  ])('C-04 a reader that went away (%s) refuses later writes and is told once', async (how) => {
    const output = new Writable({
      write(_chunk, _encoding, done) {
        if (how === 'in the call itself') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        setImmediate(() => done(Object.assign(new Error('gone'), { code: 'EPIPE' })));
      },
    });
    const onFailure = jest.fn();
    const writer = writerOn(output, onFailure);
    await writer.write(state).catch(() => undefined);
    await until(() => onFailure.mock.calls.length > 0);
    await expect(writer.writeRecords(target, [{ id: 1 }])).rejects.toMatchObject({ code: 'OUTPUT_CLOSED' });
    await expect(writer.write(state)).rejects.toMatchObject({ code: 'OUTPUT_CLOSED' });
    await writer.end();
    expect(onFailure).toHaveBeenCalledTimes(1);
  });
});
