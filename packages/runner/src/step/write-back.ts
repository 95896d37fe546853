import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type ConnectorInstance, type Environment, resolveConfig, SecretMask } from '@cuttle/project';
import { type JsonObject, toKnownError } from '@cuttle/protocol';
import { connectorLines } from '../pipe/connector-lines.js';
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
  /** Time without progress (input taken, a message sent) after which it is stopped, in milliseconds. Default: what its Connectors entry says, else 1 h. */
  readonly silenceMs?: number;
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
const SILENCE_MS = 3600 * 1000;
/** Messages of a destination that are kept, the first ones. */
const MAX_KEPT = 1000;
const MAX_LINE_BYTES = 64 * 1024 * 1024;

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
    const ownSeconds = request.destination.connector.maxSecondsBetweenMessages;
    const silenceMs = ownSeconds === undefined ? SILENCE_MS : ownSeconds * 1000;
    const silence = new Silence(running, request.silenceMs ?? silenceMs);
    const heard = listen(running, mask, silence);
    const source = fs.createReadStream(input.file).on('data', () => silence.isBroken());
    // A destination that ends early tells why by its exit, not by the broken pipe.
    await pipeline(source, running.stdin).catch(() => undefined);
    const exit = await running.exited;
    silence.end();
    const { logs, errors, hasState } = await heard;
    request.signal?.removeEventListener('abort', stop);
    request.killSignal?.removeEventListener('abort', kill);
    const { rows } = input;
    if (request.signal?.aborted) return { outcome: 'cancelled', logs, errors, rows };
    if (exit.code === 0 && errors.length === 0 && hasState) return { outcome: 'succeeded', logs, errors, rows };
    const silent = silence.wasTooLong
      ? `The destination made no progress for ${silence.seconds} s and was stopped.`
      : exit.code === 0
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
  silence: Silence,
): Promise<{ readonly logs: string[]; readonly errors: string[]; readonly hasState: boolean }> {
  const logs: string[] = [];
  const errors: string[] = [];
  let hasState = false;
  const texts = new ConnectorTexts(mask);
  running.stderr.resume();
  const keep = (list: string[], text: string): void => {
    if (list.length < MAX_KEPT) list.push(text);
  };
  const line = (buffer: Buffer, start: number, end: number): void => {
    const message = decodeMessage(buffer.toString('utf8', start, end));
    if (message?.type === 'STATE') hasState = true;
    else if (message?.type === 'LOG')
      texts.log(message, (level, text) => {
        if (level !== 'DEBUG' && level !== 'TRACE') keep(logs, text);
      });
    else if (message?.type === 'TRACE') {
      const error = texts.error(message);
      if (error !== undefined) keep(errors, error.message);
    }
  };
  const reader = connectorLines({ line }, MAX_LINE_BYTES);
  try {
    for await (const chunk of running.output()) {
      silence.isBroken();
      reader.push(chunk);
    }
  } catch (error) {
    keep(errors, toKnownError(error).message);
    await running.stop(STOP_MS);
  }
  return { logs, errors, hasState };
}

/** Stops a destination that does nothing for too long. */
class Silence {
  readonly seconds: number;
  wasTooLong = false;
  private readonly timer: NodeJS.Timeout;

  constructor(running: ConnectorProcess, limitMs: number) {
    this.seconds = Math.round(limitMs / 100) / 10;
    this.timer = setTimeout(() => {
      this.wasTooLong = true;
      void running.stop(STOP_MS);
    }, limitMs);
  }

  /** Something was taken or said: the time begins again. */
  isBroken(): void {
    this.timer.refresh();
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
