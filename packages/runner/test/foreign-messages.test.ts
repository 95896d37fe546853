import { spawn } from 'node:child_process';
import type { ConnectorInstance } from '@cuttle/project';
import { checkConnector, discover, type Launcher, readSpec } from '../src/index.js';
import { decodeMessage } from '../src/pipe/connector-message.js';

const line = (message: object): ReturnType<typeof decodeMessage> => decodeMessage(JSON.stringify(message));
const trace = (content: unknown): ReturnType<typeof decodeMessage> => line({ type: 'TRACE', trace: content } as object);

describe('messages of a connector that mistypes their parts', () => {
  it.each([
    ['no error at all', null, { message: 'It gave no reason.' }],
    ['a text', 'boom', { message: 'boom' }],
    ['an object as its message', { message: { a: 1 } }, { message: '{"a":1}' }],
    [
      'an odd kind, detail and stream',
      { message: 'm', failure_type: 7, internal_message: [1], stream_descriptor: 5 },
      {
        message: 'm',
        internal_message: '[1]',
      },
    ],
    ['a stream without a name', { message: 'm', stream_descriptor: { name: 7 } }, { message: 'm' }],
  ])('F-RUN-09 an ERROR with %s has a text, never "undefined" or "[object Object]"', (_name, error, expected) => {
    expect(trace({ type: 'ERROR', error })).toMatchObject({ trace: { error: expected } });
    const found = trace({ type: 'ERROR', error });
    expect(JSON.stringify(found)).not.toMatch(/undefined|object Object/);
  });

  it.each([
    null,
    5,
    { type: 'STREAM_STATUS' },
    { type: 'STREAM_STATUS', stream_status: null },
    { type: 'STREAM_STATUS', stream_status: {} },
    { type: 'STREAM_STATUS', stream_status: { stream_descriptor: { name: 5 }, status: 'COMPLETE' } },
    { type: 'STREAM_STATUS', stream_status: { stream_descriptor: { name: 'a' }, status: 'DONE' } },
    { type: 'ESTIMATE', estimate: null },
  ])('F-RUN-09 a TRACE that names no stream or status is no message: %j', (content) => {
    expect(trace(content)).toBeUndefined();
  });

  it.each([1e300, 'soon', null])('F-RUN-09 a rate limit that ends at %j holds without an end', (reset) => {
    const reasons = [null, { type: 'RATE_LIMITED', rate_limited: { quota_reset: reset } }];
    const found = trace({
      type: 'STREAM_STATUS',
      stream_status: { stream_descriptor: { name: 'a' }, status: 'RUNNING', reasons },
    });
    expect(found).toMatchObject({ trace: { stream_status: { reasons: [{ type: 'RATE_LIMITED' }] } } });
    expect(JSON.stringify(found)).not.toContain('quota_reset');
  });

  it('F-RUN-09 a LOG whose parts are objects is a text of level INFO', () => {
    expect(line({ type: 'LOG', log: { level: { a: 1 }, message: { a: 1 } } })).toEqual({
      type: 'LOG',
      log: { level: 'INFO', message: '{"a":1}' },
    });
    expect(line({ type: 'LOG', log: null })).toBeUndefined();
    expect(line({ type: 'LOG' })).toBeUndefined();
  });
});

describe('answers that are none', () => {
  const instance = { role: 'source', name: 'odd', connector: { key: 'odd' } } as unknown as ConnectorInstance;

  function answering(message: object): { readonly launcher: Launcher; readonly folder: string } {
    const script = `console.log(${JSON.stringify(JSON.stringify(message))})`;
    const start: Launcher['start'] = () =>
      spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    return { launcher: { start }, folder: __dirname };
  }

  it.each([
    undefined,
    null,
    {},
    { status: 'MAYBE' },
  ])('F-RUN-09 a status %j is an error that names the source, no stack trace', async (connectionStatus) => {
    const answer = checkConnector(instance, answering({ type: 'CONNECTION_STATUS', connectionStatus }));
    await expect(answer).rejects.toMatchObject({
      code: 'CONNECTOR_ANSWER_INVALID',
      message: expect.stringContaining('source "odd"'),
    });
  });

  it('F-RUN-09 a reason that is an object is shown as JSON', async () => {
    const connectionStatus = { status: 'FAILED', message: { why: 'x' } };
    const answer = await checkConnector(instance, answering({ type: 'CONNECTION_STATUS', connectionStatus }));
    expect(answer).toEqual({ status: 'FAILED', message: '{"why":"x"}' });
  });

  it('F-RUN-09 a spec without a schema is an error that names the source', async () => {
    const answer = readSpec(instance, answering({ type: 'SPEC', spec: null }));
    await expect(answer).rejects.toMatchObject({ code: 'CONNECTOR_ANSWER_INVALID' });
  });

  it.each([
    [undefined, 'streams'],
    [null, 'streams'],
    [{}, 'streams'],
    [{ streams: [null] }, 'streams[0]'],
    [{ streams: [{ name: 5 }] }, 'streams[0].name'],
    [{ streams: [{ name: 'a' }] }, 'json_schema'],
    [{ streams: [{ name: 'a', json_schema: 'x' }] }, 'json_schema'],
    [{ streams: [{ name: 'a', json_schema: {}, namespace: 5 }] }, 'namespace'],
    [{ streams: [{ name: 'a', json_schema: {}, supported_sync_modes: 'x' }] }, 'supported_sync_modes'],
    [{ streams: [{ name: 'a', json_schema: {}, default_cursor_field: 'id' }] }, 'default_cursor_field'],
    [{ streams: [{ name: 'a', json_schema: {}, source_defined_primary_key: ['id'] }] }, 'source_defined_primary_key'],
  ])('F-RUN-09 a catalog %j is refused with the place', async (catalog, place) => {
    const answer = discover(instance, answering({ type: 'CATALOG', catalog }));
    await expect(answer).rejects.toMatchObject({ code: 'CATALOG_INVALID', message: expect.stringContaining(place) });
  });

  it('F-RUN-09 a catalog without sync modes, and with null for what is optional, can be read in full', async () => {
    const catalog = { streams: [{ name: 'a', json_schema: {}, namespace: null, default_cursor_field: null }] };
    expect(await discover(instance, answering({ type: 'CATALOG', catalog }))).toEqual({
      streams: [{ name: 'a', json_schema: {}, supported_sync_modes: ['full_refresh'] }],
    });
  });
});
