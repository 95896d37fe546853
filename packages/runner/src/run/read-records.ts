import { type AirbyteMessage, type ErrorTrace, isJsonObject } from '@cuttle/protocol';
import { connectorLines } from '../pipe/connector-lines.js';
import { decodeMessage } from '../pipe/connector-message.js';
import { ConnectorTexts } from '../pipe/connector-texts.js';
import type { ConnectorProcess, ProcessExit } from '../process/connector-process.js';
import { fromTrace, ONE_SHOT_MS, type OneShotOptions } from './one-shot.js';

type RecordMessage = Extract<AirbyteMessage, { type: 'RECORD' }>['record'];

/** Records of a command, and how it ended. */
export interface RecordsRead {
  readonly records: readonly RecordMessage[];
  readonly exit: ProcessExit;
  /** The connector's own ERROR trace in our class, masked. */
  readonly failure: Error | undefined;
}

const MAX_LINE_BYTES = 64 * 1024 * 1024;
const STOP_MS = 3000;

/**
 * Reads records of a started command, which gets no input, and stops it as soon as there are enough; it is killed when
 * the time is over or the signal comes.
 *
 * @param limit records; infinite to read to the end
 */
export async function readRecords(
  running: ConnectorProcess,
  limit: number,
  options: OneShotOptions,
): Promise<RecordsRead> {
  const records: RecordMessage[] = [];
  let failure: Error | undefined;
  const end = (): void => running.endNow();
  const timer = setTimeout(end, options.timeoutMs ?? ONE_SHOT_MS);
  options.signal?.addEventListener('abort', end, { once: true });
  running.stdin.end();
  running.stderr.resume();
  const texts = new ConnectorTexts(options.mask);
  const line = (buffer: Buffer, start: number, stop: number): void => {
    const message = decodeMessage(buffer.toString('utf8', start, stop));
    if (message?.type === 'RECORD' && isJsonObject(message.record?.data)) records.push(message.record);
    else if (message?.type === 'LOG') texts.log(message, options.onLog);
    else if (message?.type === 'TRACE') failure ??= failureOf(texts.error(message));
  };
  const reader = connectorLines({ line }, MAX_LINE_BYTES);
  try {
    for await (const chunk of running.output()) {
      reader.push(chunk);
      if (records.length >= limit) break;
    }
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
  }
  const exit = records.length >= limit ? await running.stop(STOP_MS) : await running.endWithin(STOP_MS);
  return { records, exit, failure };
}

function failureOf(trace: ErrorTrace | undefined): Error | undefined {
  return trace === undefined ? undefined : fromTrace(trace);
}
