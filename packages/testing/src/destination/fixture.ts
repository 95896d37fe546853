import {
  type ConfiguredStream,
  encodeMessage,
  type Json,
  type JsonObject,
  type StateMessage,
  statusTrace,
} from '@cuttle/protocol';
import { makeFolder, removeFolder, writeJson } from '../harness/folder.js';
import { type RunOptions, type RunResult, runCommand } from '../harness/run-command.js';
import { runEntry } from '../harness/run-entry.js';
import type { DestinationProfile, DumpedRow } from './profile.js';

/** Milliseconds at which records of tests are emitted unless they say otherwise: 2024-06-01T00:00:00Z. */
export const EMITTED_AT = 1_717_200_000_000;

/** Options of {@link streamOf}. */
export interface StreamOptions {
  readonly namespace?: string;
  readonly mode?: 'append' | 'overwrite' | 'append_dedup';
  readonly sync?: 'full_refresh' | 'incremental';
  readonly key?: readonly string[];
  readonly cursor?: string;
  /** Generation ids make it the strict rule. */
  readonly generation?: number;
  readonly minimum?: number;
  readonly syncId?: number;
}

/** Properties by name; a text is short for a schema type. */
export type Properties = Readonly<Record<string, string | JsonObject>>;

/** A configured stream for a test. */
export function streamOf(name: string, properties: Properties, options: StreamOptions = {}): ConfiguredStream {
  const schema = Object.fromEntries(
    Object.entries(properties).map(([key, type]) => [key, typeof type === 'string' ? { type: ['null', type] } : type]),
  );
  const { namespace, generation, minimum, syncId } = options;
  return {
    stream: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      json_schema: { type: 'object', properties: schema },
      supported_sync_modes: ['full_refresh', 'incremental'],
    },
    sync_mode: options.sync ?? (options.mode === 'overwrite' ? 'full_refresh' : 'incremental'),
    destination_sync_mode: options.mode ?? 'append',
    ...(options.key === undefined ? {} : { primary_key: options.key.map((key) => [key]) }),
    ...(options.cursor === undefined ? {} : { cursor_field: [options.cursor] }),
    ...(generation === undefined ? {} : { generation_id: generation, minimum_generation_id: minimum ?? 0 }),
    ...(syncId === undefined ? {} : { sync_id: syncId }),
  };
}

/** A RECORD line. */
export function record(
  stream: ConfiguredStream | string,
  data: Record<string, unknown>,
  options: { readonly at?: number; readonly meta?: unknown } = {},
): string {
  const { name, namespace } = typeof stream === 'string' ? { name: stream, namespace: undefined } : stream.stream;
  return JSON.stringify({
    type: 'RECORD',
    record: {
      stream: name,
      ...(namespace == null ? {} : { namespace }),
      emitted_at: options.at ?? EMITTED_AT,
      data,
      ...(options.meta === undefined ? {} : { meta: options.meta }),
    },
  });
}

/** A RECORD line whose data is given as JSON text. */
export function rawRecord(stream: string, dataJson: string): string {
  return `{"type":"RECORD","record":{"stream":${JSON.stringify(stream)},"emitted_at":${EMITTED_AT},"data":${dataJson}}}`;
}

/** A STREAM state line. */
export function state(stream: ConfiguredStream, content: Json, extra: Partial<StateMessage> = {}): string {
  const { name, namespace } = stream.stream;
  return encodeMessage({
    type: 'STATE',
    state: {
      type: 'STREAM',
      stream: {
        stream_descriptor: { name, ...(namespace == null ? {} : { namespace }) },
        stream_state: content,
      },
      ...extra,
    },
  });
}

/** A STREAM_STATUS line, as the platform or the runner sends it at the end. */
export function complete(stream: ConfiguredStream): string {
  return encodeMessage(statusTrace(stream.stream, 'COMPLETE', EMITTED_AT));
}

/** A status line that says that the source did not finish. */
export function incomplete(stream: ConfiguredStream): string {
  return encodeMessage(statusTrace(stream.stream, 'INCOMPLETE', EMITTED_AT));
}

/** How {@link TestWarehouse.write} runs. */
export interface WriteOptions extends Omit<RunOptions, 'input'> {
  /** Leaves out the last newline. */
  readonly isCut?: boolean;
  /** Runs in a process of its own although nothing else asks for one: for what is at work at the same time, or measured. */
  readonly needsProcess?: boolean;
}

/** A warehouse of its own for one test. */
export class TestWarehouse {
  readonly folder = makeFolder();
  readonly profile: DestinationProfile;
  config: JsonObject;
  #runs = 0;
  #prepared: Promise<void> | undefined;

  constructor(profile: DestinationProfile, extra: JsonObject = {}) {
    this.profile = profile;
    this.config = { ...profile.config(this.folder), ...extra };
  }

  /** Runs `write` with lines as input: inside of this process where the profile can and the options do not need one. */
  async write(
    streams: readonly ConfiguredStream[],
    lines: Iterable<string> | AsyncIterable<string>,
    options: WriteOptions = {},
  ): Promise<RunResult> {
    const { isCut = false, needsProcess, ...run } = options;
    this.#runs += 1;
    const config = writeJson(this.folder, `config-${this.#runs}.json`, this.config);
    const catalog = writeJson(this.folder, `catalog-${this.#runs}.json`, { streams });
    const args = ['write', '--config', config, '--catalog', catalog];
    const all = { ...run, input: joinLines(lines, isCut) };
    await this.#prepare();
    return needsProcess === true ? runCommand(this.profile.command, args, all) : runEntry(this.profile, args, all);
  }

  /** Runs `check`. */
  async check(): Promise<RunResult> {
    await this.#prepare();
    return runEntry(this.profile, ['check', '--config', writeJson(this.folder, 'check.json', this.config)]);
  }

  #prepare(): Promise<void> | undefined {
    this.#prepared ??= this.profile.prepare?.(this.config);
    return this.#prepared;
  }

  /** As {@link write}, and fails unless the run ended with 0. */
  async load(streams: readonly ConfiguredStream[], lines: Iterable<string>): Promise<RunResult> {
    const result = await this.write(streams, lines);
    if (result.exitCode !== 0) {
      throw new Error(
        `write ended with ${result.exitCode ?? result.signal}:\n${result.lines.join('\n').slice(0, 4000)}\n${result.stderr}`,
      );
    }
    return result;
  }

  /** Rows of a stream's table; fails when there is none. */
  async rows(table: string, schema = this.profile.schema): Promise<readonly DumpedRow[]> {
    const rows = await this.profile.rows(this.config, schema, this.profile.nameOf(table));
    if (rows === undefined) throw new Error(`there is no table ${schema}.${table}`);
    return rows;
  }

  /** Rows without their meta columns, sorted by their text: for comparing sets of rows. */
  async data(table: string, schema?: string): Promise<readonly DumpedRow[]> {
    return sortRows((await this.rows(table, schema)).map(withoutMeta));
  }

  remove(): void {
    removeFolder(this.folder);
  }
}

async function* joinLines(lines: Iterable<string> | AsyncIterable<string>, isCut: boolean): AsyncGenerator<string> {
  let batch = '';
  for await (const line of lines) {
    batch += `${line}\n`;
    if (batch.length > 256 * 1024) {
      yield batch;
      batch = '';
    }
  }
  if (batch !== '') yield isCut ? batch.slice(0, -1) : batch;
}

/** A row without `_airbyte_*` columns. */
export function withoutMeta(row: DumpedRow): DumpedRow {
  const meta = ['_airbyte_raw_id', '_airbyte_extracted_at', '_airbyte_meta', '_airbyte_generation_id'];
  return Object.fromEntries(Object.entries(row).filter(([name]) => !meta.includes(name.toLowerCase())));
}

/** Rows in one order, whatever order they came in. */
export function sortRows(rows: readonly DumpedRow[]): readonly DumpedRow[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Changes in `_airbyte_meta` of a row. */
export function changesOf(
  row: DumpedRow,
): readonly { readonly field: string; readonly change: string; readonly reason: string }[] {
  const meta = Object.entries(row).find(([name]) => name.toLowerCase() === '_airbyte_meta')?.[1];
  return (meta as { changes: { field: string; change: string; reason: string }[] }).changes;
}

/** Whole numbers from 0 up to but not including `count`. */
export function range(count: number): readonly number[] {
  return [...Array(count).keys()];
}
