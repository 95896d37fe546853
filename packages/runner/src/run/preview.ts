import type { ConnectorInstance } from '@cuttle/project';
import { type AirbyteMessage, type AirbyteStream, type JsonObject, SystemError, streamLabel } from '@cuttle/protocol';
import { LineReader } from '../pipe/line-reader.js';
import { ConnectorProcess, describeExit } from '../process/connector-process.js';
import { PrivateFiles } from '../process/private-files.js';
import { fromTrace, ONE_SHOT_MS, type OneShotOptions } from './one-shot.js';

/** The first rows of a stream. */
export interface StreamPreview {
  readonly stream: AirbyteStream;
  readonly rows: readonly JsonObject[];
}

const MAX_LINE_BYTES = 64 * 1024 * 1024;
const STOP_MS = 3000;

/**
 * Reads the first rows of a stream and stops the source then. Nothing is written anywhere and no state is kept. Numbers
 * are JavaScript numbers here: digits above 2^53 are rounded for display.
 *
 * @param limit rows
 * @throws {ConfigError | TransientError | SystemError} the source's own error, when it comes before the first row
 */
export async function previewStream(
  instance: ConnectorInstance,
  stream: AirbyteStream,
  limit: number,
  options: OneShotOptions,
): Promise<StreamPreview> {
  const files = new PrivateFiles();
  try {
    const configured = {
      stream,
      sync_mode: 'full_refresh',
      destination_sync_mode: 'append',
      cursor_field: stream.default_cursor_field ?? [],
      primary_key: stream.source_defined_primary_key ?? [],
    };
    const given = {
      config: files.write('config.json', JSON.stringify(options.config ?? {})),
      catalog: files.write('catalog.json', JSON.stringify({ streams: [configured] })),
    };
    const child = options.launcher.start({ instance, command: 'read', files: given, folder: options.folder });
    const running = new ConnectorProcess(child, `${instance.role} "${instance.name}"`);
    return { stream, rows: await readRows(running, stream, limit, options) };
  } finally {
    files.remove();
  }
}

async function readRows(
  running: ConnectorProcess,
  stream: AirbyteStream,
  limit: number,
  options: OneShotOptions,
): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  let failure: Error | undefined;
  const end = (): void => running.kill('SIGKILL');
  const timer = setTimeout(end, options.timeoutMs ?? ONE_SHOT_MS);
  options.signal?.addEventListener('abort', end, { once: true });
  running.stdin.end();
  running.stderr.resume();
  const line = (buffer: Buffer, start: number, stop: number): void => {
    const message = parse(buffer.toString('utf8', start, stop));
    if (message?.type === 'RECORD') rows.push(message.record.data);
    else if (message?.type === 'LOG')
      options.onLog?.(message.log.level, options.mask?.apply(message.log.message) ?? '');
    else if (message?.type === 'TRACE' && message.trace.error !== undefined) failure ??= fromTrace(message.trace.error);
  };
  const reader = new LineReader({ line }, MAX_LINE_BYTES);
  try {
    for await (const chunk of running.stdout) {
      reader.push(chunk as Buffer);
      if (rows.length >= limit) break;
    }
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
  }
  const isEnough = rows.length >= limit;
  const exit = isEnough ? await running.stop(STOP_MS) : await running.endWithin(STOP_MS);
  if (rows.length === 0 && exit.code !== 0) {
    const message = `The source ended with ${describeExit(exit)} before the first row of "${streamLabel(stream)}".`;
    throw failure ?? new SystemError(message, { code: 'CONNECTOR_SILENT' });
  }
  return rows.slice(0, limit);
}

function parse(text: string): AirbyteMessage | undefined {
  try {
    return JSON.parse(text) as AirbyteMessage;
  } catch {
    return undefined;
  }
}
