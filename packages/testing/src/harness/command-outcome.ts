import type { AirbyteCatalog, AirbyteMessage, JsonObject, StateMessage } from '@cuttle/protocol';
import { makeFolder, removeFolder, writeJson } from './folder.js';
import { type RunIn, runInProcess } from './run-in-process.js';

/** What one command gave. */
export interface CommandOutcome {
  readonly exitCode: number;
  /** The whole of stdout. */
  readonly text: string;
  readonly messages: readonly AirbyteMessage[];
}

/** A read with its parts taken out, in their order. */
export interface ReadOutcome extends CommandOutcome {
  /** Records of all streams. */
  readonly records: readonly JsonObject[];
  /** Records of one stream. */
  of(stream: string): readonly JsonObject[];
  readonly states: readonly StateMessage[];
  /** The last state of each stream, for the next read. */
  readonly lastStates: readonly StateMessage[];
  /** Messages of ERROR traces. */
  readonly errors: readonly string[];
  readonly logs: readonly string[];
}

/**
 * Runs a command inside of this process, with the content of its file options. A test may pass in a clock or a timer.
 *
 * @param runIn such as `(host) => runSourceIn(new Shop(), host)`
 * @param files such as `{ config, catalog }`
 */
export async function runWithFiles(
  runIn: RunIn,
  command: string,
  files: Readonly<Record<string, unknown>>,
): Promise<CommandOutcome> {
  const folder = makeFolder();
  const options = Object.entries(files).flatMap(([name, content]) => [
    `--${name}`,
    writeJson(folder, `${name}.json`, JSON.stringify(content)),
  ]);
  try {
    const { exitCode, lines, messages } = await runInProcess('the connector', runIn, [command, ...options]);
    const text = lines.map((line) => `${line}\n`).join('');
    return { exitCode: exitCode ?? 1, text, messages: messages.map(({ message }) => message) };
  } finally {
    removeFolder(folder);
  }
}

/** Takes the output of a read apart. */
export function readParts(result: CommandOutcome): ReadOutcome {
  const { messages } = result;
  const records = messages.flatMap((message) => (message.type === 'RECORD' ? [message.record] : []));
  const states = messages.flatMap((message) => (message.type === 'STATE' ? [message.state] : []));
  return {
    ...result,
    records: records.map(({ data }) => data),
    of: (stream) => records.filter((record) => record.stream === stream).map(({ data }) => data),
    states,
    lastStates: [...new Map(states.map((state) => [state.stream?.stream_descriptor.name, state])).values()],
    errors: messages.flatMap((message) =>
      message.type === 'TRACE' && message.trace.error !== undefined ? [message.trace.error.message] : [],
    ),
    logs: messages.flatMap((message) => (message.type === 'LOG' ? [message.log.message] : [])),
  };
}

/** The catalog that `discover` gave. @throws when there is none */
export function catalogIn({ messages }: CommandOutcome): AirbyteCatalog {
  const found = messages.find((message) => message.type === 'CATALOG');
  if (found?.type !== 'CATALOG') throw new Error(`no catalog: ${JSON.stringify(messages)}`);
  return found.catalog;
}

/** The answer that `check` gave. @throws when there is none */
export function statusIn({ messages }: CommandOutcome): { readonly status: string; readonly message?: string } {
  const found = messages.find((message) => message.type === 'CONNECTION_STATUS');
  if (found?.type !== 'CONNECTION_STATUS') throw new Error(`no status: ${JSON.stringify(messages)}`);
  return found.connectionStatus;
}

/** A stream as a user would configure it: append + dedup when incremental, overwrite when not. */
export function configuredStream(name: string, syncMode = 'incremental', extra: object = {}): object {
  return {
    stream: { name, json_schema: {}, supported_sync_modes: ['full_refresh', 'incremental'] },
    sync_mode: syncMode,
    destination_sync_mode: syncMode === 'incremental' ? 'append_dedup' : 'overwrite',
    ...extra,
  };
}
