import {
  ConfigError,
  type ConfiguredStream,
  descriptorOf,
  type KnownError,
  Slots,
  statusTrace,
  streamKey,
  streamLabel,
  toKnownError,
} from '@cuttle/protocol';
import type { Invocation } from '../command/invocation.js';
import { CREDENTIAL_REJECTED } from '../http/request-error.js';
import { isClosedOutput } from '../io/message-writer.js';
import { type StoredStates, storedStates } from '../state/stored-states.js';
import { unreadStateWarning } from '../state/usable-state.js';
import type { SourceContext } from './context.js';
import { createExternalMemory } from './external-memory.js';
import { createMemoryWatch } from './memory-watch.js';
import type { AnyStream, Source } from './source.js';
import { StreamRead } from './stream-read.js';

/** Default time without a word after which a log line says that the read is alive, in ms. */
const HEARTBEAT_MS = 60_000;

/**
 * Reads the configured streams. One that fails gives an ERROR trace and INCOMPLETE and the others go on; a credential
 * that is refused stops everything.
 */
export async function readStreams<C>(source: Source<C>, ctx: SourceContext<C>, invocation: Invocation): Promise<void> {
  const stored = storedStates(invocation.states);
  const { states } = stored;
  const known = await source.streams(ctx, invocation.catalog.streams, states);
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  invocation.signal.addEventListener('abort', onAbort, { once: true });
  // An abort while the streams were made has no event any more.
  if (invocation.signal.aborted) stop.abort();
  const around = {
    source: { ...ctx, signal: stop.signal },
    invocation,
    slots: new Slots(source.concurrency(ctx.config)),
    memory: createMemoryWatch(),
    buffers: createExternalMemory(),
    signal: stop.signal,
  };
  warnUnusedStates(stored, invocation);
  const lanes = new Slots(source.concurrency(ctx.config));
  const reads: StreamRead<C>[] = [];
  const heartbeat = startHeartbeat(invocation, () => reads.reduce((sum, read) => sum + read.recordCount, 0));
  try {
    await Promise.all(
      invocation.catalog.streams.map((asked) =>
        lanes.run(async () => {
          if (stop.signal.aborted) return;
          const stream = findStream(known, asked);
          if (stream === undefined) return reject(invocation, asked);
          const configured = stream.cursor === undefined ? asFullRefresh(asked, invocation) : asked;
          const read = new StreamRead(around, stream, configured, states.get(streamKey(configured.stream)));
          reads.push(read);
          await runStream(read, configured, invocation, stop);
        }),
      ),
    );
  } finally {
    clearInterval(heartbeat);
    invocation.signal.removeEventListener('abort', onAbort);
  }
}

async function runStream<C>(
  read: StreamRead<C>,
  configured: ConfiguredStream,
  invocation: Invocation,
  stop: AbortController,
): Promise<void> {
  const label = streamLabel(configured.stream);
  try {
    await invocation.awaited.during(`the stream "${label}"`, read.run());
    invocation.log.info(`Stream ${label}: ${read.recordCount} records.`);
  } catch (error) {
    if (isClosedOutput(error)) throw error;
    const known = toKnownError(error);
    // Work that was only given up has no error of its own: the one that stopped it was reported.
    if (!stop.signal.aborted) invocation.report(known, descriptorOf(configured.stream));
    await read.endIncomplete();
    if (isCredentialRejected(known)) stop.abort();
  }
}

function isCredentialRejected(error: KnownError): boolean {
  return error instanceof ConfigError && (error as KnownError).code === CREDENTIAL_REJECTED;
}

function findStream<C>(known: readonly AnyStream<C>[], configured: ConfiguredStream): AnyStream<C> | undefined {
  const key = streamKey(configured.stream);
  return known.find((stream) => streamKey(stream) === key);
}

/** Clients such as PyAirbyte ask for every stream incrementally, whatever the catalog offers. */
function asFullRefresh(configured: ConfiguredStream, { log }: Invocation): ConfiguredStream {
  if (configured.sync_mode !== 'incremental') return configured;
  log.warn(`The stream "${streamLabel(configured.stream)}" has no cursor: it is read as a full refresh.`);
  return { ...configured, sync_mode: 'full_refresh' };
}

async function reject(invocation: Invocation, { stream }: ConfiguredStream): Promise<void> {
  const { writer, clock } = invocation;
  await writer.write(statusTrace(stream, 'STARTED', clock()));
  const message = `The stream "${streamLabel(stream)}" does not exist in the source. Refresh the schema or deselect it.`;
  invocation.report(new ConfigError(message, { code: 'STREAM_UNKNOWN' }), descriptorOf(stream));
  await writer.write(statusTrace(stream, 'INCOMPLETE', clock()));
}

function warnUnusedStates(
  { states, unreadable, hasSharedPart }: StoredStates,
  { catalog, config, log }: Invocation,
): void {
  const configured = new Map(catalog.streams.map((stream) => [streamKey(stream.stream), stream]));
  for (const key of unreadable) {
    const stream = configured.get(key);
    if (stream?.sync_mode !== 'incremental' || states.has(key)) continue;
    log.warn(unreadStateWarning({ configured: stream, config }, { problem: 'it is not a JSON object' }));
  }
  const unknown = [...new Set([...states.keys(), ...unreadable])].filter((key) => !configured.has(key));
  if (unknown.length > 0) log.warn(`Ignored the states of streams that are not read: ${unknown.join(', ')}`);
  if (hasSharedPart) {
    log.warn('Ignored the shared part of the stored GLOBAL state: each stream continues from its own part.');
  }
}

function startHeartbeat(invocation: Invocation, countRecords: () => number): NodeJS.Timeout {
  const configured = invocation.config['heartbeat_interval_ms'];
  const interval = typeof configured === 'number' ? configured : HEARTBEAT_MS;
  let last = -1;
  return setInterval(() => {
    const count = countRecords();
    if (count === last) invocation.log.info(`Still reading; ${count} records so far.`);
    last = count;
  }, interval).unref();
}
