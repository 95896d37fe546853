import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ConnectorInstance, type Environment, resolveConfig, SecretMask } from '@cuttle/project';
import type { JsonObject } from '@cuttle/protocol';
import { decodeMessage } from '../pipe/connector-message.js';
import { ConnectorTexts } from '../pipe/connector-texts.js';
import { ConnectorProcess, describeExit } from '../process/connector-process.js';
import { type Launcher, processLauncher } from '../process/launcher.js';
import { PrivateFiles } from '../process/private-files.js';

/** Rows for a destination, as one stream that is deduplicated by a key. */
export interface WriteBackRequest {
  readonly destination: ConnectorInstance;
  /** Working directory of the destination, absolute. */
  readonly root: string;
  readonly environment: Environment;
  readonly stream: string;
  readonly primaryKey: readonly string[];
  /** Hands out the rows. They wait in a file, so that their source is free while the destination works. */
  readonly rows: (add: (row: JsonObject) => void) => Promise<void>;
  readonly signal?: AbortSignal;
  /** Ends the destination at once. */
  readonly killSignal?: AbortSignal;
  readonly launcher?: Launcher;
}

/** How a write-back ended. Texts are masked. */
export interface WriteBackEnd {
  readonly outcome: 'succeeded' | 'failed' | 'cancelled';
  /** What the destination logged at INFO and above. */
  readonly logs: readonly string[];
  readonly errors: readonly string[];
  /** Rows that were given to it. */
  readonly rows: number;
}

/** Time a destination has to end after it was asked to, in milliseconds. */
const STOP_MS = 10_000;
const LINES_AT_ONCE = 1000;

/**
 * Feeds rows to the `write` command of a destination by the same protocol as a sync. It succeeded only when the state
 * behind the last row came back.
 */
export async function writeBack(request: WriteBackRequest): Promise<WriteBackEnd> {
  const { config, secrets } = resolveConfig(request.destination, request.environment);
  const mask = new SecretMask(secrets);
  const files = new PrivateFiles();
  try {
    const given = {
      config: files.write('config.json', JSON.stringify(config)),
      catalog: files.write('catalog.json', JSON.stringify(catalogOf(request))),
    };
    const input = await writeInput(request, files);
    if (request.signal?.aborted) return { outcome: 'cancelled', logs: [], errors: [], rows: 0 };
    const launcher = request.launcher ?? processLauncher(process.env);
    const child = launcher.start({
      instance: request.destination,
      command: 'write',
      files: given,
      folder: request.root,
    });
    const running = new ConnectorProcess(child, `destination "${request.destination.name}"`);
    const stop = (): void => void running.stop(STOP_MS);
    const kill = (): void => running.endNow();
    request.signal?.addEventListener('abort', stop, { once: true });
    request.killSignal?.addEventListener('abort', kill, { once: true });
    const heard = listen(running, mask);
    // A destination that ends early tells why by its exit, not by the broken pipe.
    await pipeline(fs.createReadStream(input.file), running.stdin).catch(() => undefined);
    const exit = await running.exited;
    const { logs, errors, hasState } = await heard;
    request.signal?.removeEventListener('abort', stop);
    request.killSignal?.removeEventListener('abort', kill);
    const { rows } = input;
    if (request.signal?.aborted) return { outcome: 'cancelled', logs, errors, rows };
    if (exit.code === 0 && errors.length === 0 && hasState) return { outcome: 'succeeded', logs, errors, rows };
    const silent =
      exit.code === 0
        ? 'The destination took the rows and did not confirm that they are written; a dry run never does. Its log says more.'
        : `The destination ended with ${describeExit(exit)} and gave no reason.`;
    return { outcome: 'failed', logs, errors: errors.length > 0 ? errors : [silent], rows };
  } finally {
    files.remove();
  }
}

function catalogOf({ stream: name, primaryKey }: WriteBackRequest): object {
  const stream = { name, json_schema: { type: 'object' }, supported_sync_modes: ['full_refresh'] };
  const key = primaryKey.map((field) => [field]);
  return { streams: [{ stream, sync_mode: 'full_refresh', destination_sync_mode: 'append_dedup', primary_key: key }] };
}

/** All messages for the destination: the rows, then the state behind them. */
async function writeInput(
  { stream, rows: give }: WriteBackRequest,
  files: PrivateFiles,
): Promise<{ readonly file: string; readonly rows: number }> {
  const emittedAt = Date.now();
  const file = files.write('input.jsonl', '');
  const handle = fs.openSync(file, 'a');
  let lines: string[] = [];
  let rows = 0;
  const flush = () => {
    fs.writeFileSync(handle, lines.join(''));
    lines = [];
  };
  const put = (message: object) => {
    lines.push(`${JSON.stringify(message)}\n`);
    if (lines.length === LINES_AT_ONCE) flush();
  };
  try {
    await give((data) => {
      rows += 1;
      put({ type: 'RECORD', record: { stream, emitted_at: emittedAt, data } });
    });
    put({
      type: 'STATE',
      state: { type: 'STREAM', stream: { stream_descriptor: { name: stream }, stream_state: { rows } } },
    });
    flush();
  } finally {
    fs.closeSync(handle);
  }
  return { file, rows };
}

async function listen(
  running: ConnectorProcess,
  mask: SecretMask,
): Promise<{ readonly logs: string[]; readonly errors: string[]; readonly hasState: boolean }> {
  const logs: string[] = [];
  const errors: string[] = [];
  let hasState = false;
  const texts = new ConnectorTexts(mask);
  running.stderr.resume();
  for await (const line of createInterface({ input: Readable.from(running.output()) })) {
    const message = decodeMessage(line);
    if (message?.type === 'STATE') hasState = true;
    else if (message?.type === 'LOG')
      texts.log(message, (level, text) => {
        if (level !== 'DEBUG' && level !== 'TRACE') logs.push(text);
      });
    else if (message?.type === 'TRACE') {
      const error = texts.error(message);
      if (error !== undefined) errors.push(error.message);
    }
  }
  return { logs, errors, hasState };
}
