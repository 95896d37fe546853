import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { runDestinationIn } from '@cuttle/airbyte-cdk';
import type { AirbyteMessage, StateMessage } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { makeFolder, removeFolder, writeJson } from '@cuttle/testing';
import { BubbleDestination } from '../src/index.js';

export type Row = Readonly<Record<string, unknown>>;

const NOTE = {
  name: 'note',
  display: 'Note',
  fields: [
    { id: 'key_text', display: 'key', type: 'text' },
    { id: 'title_text', display: 'title', type: 'text' },
    { id: 'count_number', display: 'count', type: 'number' },
    { id: 'other_text', display: 'other', type: 'text' },
  ],
};

/** Fields of a record and where they go, unless a test says otherwise. */
export const MAPPING = [
  { from: 'title', to: 'title', cast: 'text' },
  { from: 'count', to: 'count', cast: 'number' },
];

/** What a run said. */
export interface Outcome {
  readonly exitCode: number;
  readonly text: string;
  readonly messages: readonly AirbyteMessage[];
  readonly states: readonly StateMessage[];
  readonly errors: readonly string[];
  readonly logs: readonly string[];
  /** The line of counts of the stream of notes. */
  readonly summary: string;
}

/** How a write differs from the plain one: stream `notes`, append + dedup by `id` into field `key`. */
export interface WriteOptions {
  readonly sync?: string;
  /** Added to the config. */
  readonly config?: Row;
  /** Added to the stream's part of the config. */
  readonly stream?: Row;
  /** Added to the configured stream of the catalog. */
  readonly configured?: Row;
  /** Whether the source died before its last state. */
  readonly isCut?: boolean;
  /** Lines in the place of records and a state. */
  readonly lines?: readonly string[];
  /** Hands the lines over one at a time: each is worked off before the next. */
  readonly isSlow?: boolean;
}

/** Rows with keys k0, k1 and so on. */
export function rows(count: number, title = 'title'): Row[] {
  return Array.from({ length: count }, (_, at) => ({ id: `k${at}`, title: `${title} ${at}`, count: String(at) }));
}

/** A RECORD line. */
export function recordLine(data: unknown, stream = 'notes'): string {
  return JSON.stringify({ type: 'RECORD', record: { stream, emitted_at: 1, data } });
}

/** A STATE line. */
export function stateLine(at: unknown, stream = 'notes'): string {
  const state = { type: 'STREAM', stream: { stream_descriptor: { name: stream }, stream_state: { at } } };
  return JSON.stringify({ type: 'STATE', state });
}

/** A STREAM_STATUS line. */
export function statusLine(status: 'COMPLETE' | 'INCOMPLETE', stream = 'notes'): string {
  const trace = { stream_descriptor: { name: stream }, status };
  return JSON.stringify({ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 1, stream_status: trace } });
}

/** A Bubble app with a type for notes, and the destination run against it in this process. */
export class NoteApp {
  readonly sandbox: Sandbox;
  readonly folder = makeFolder();

  private constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async start(): Promise<NoteApp> {
    const sandbox = await startSandbox({ users: 1, orders: 1, idleVisits: 0 });
    sandbox.control.run('bubble.define', { definition: NOTE });
    return new NoteApp(sandbox);
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    removeFolder(this.folder);
  }

  /** Notes in the order of their creation. */
  things(): readonly { readonly id: string; readonly values: Row; readonly modifiedMs: number }[] {
    const ids = this.sandbox.control.run('bubble.ids', { type: 'note' }) as string[];
    return ids.map((id) => this.sandbox.control.run('bubble.get', { type: 'note', id }) as never);
  }

  /** Values of one field of all notes, sorted. */
  valuesOf(field: string): readonly unknown[] {
    return this.things()
      .map(({ values }) => values[field])
      .sort();
  }

  insert(values: Row): string {
    return this.sandbox.control.run('bubble.insert', {
      type: 'note',
      created: '2024-08-01T00:00:00Z',
      values,
    }) as string;
  }

  /** Puts notes there that the first so many rows name. */
  seed(count: number): void {
    for (const row of rows(count)) this.insert({ key: row['id'], title: 'old' });
  }

  requests(method?: string): number {
    const { control } = this.sandbox;
    return control.log.find().filter((request) => method === undefined || request.method === method).length;
  }

  /** Requests that change something. */
  writes(): number {
    return this.requests() - this.requests('GET');
  }

  config({ config = {}, stream = {} }: WriteOptions = {}): Row {
    const notes = {
      stream: 'notes',
      bubble_type: 'note',
      match: { record_field: 'id', bubble_field: 'key' },
      mapping: MAPPING,
      ...stream,
    };
    return {
      base_url: this.sandbox.bubble.baseUrl,
      api_token: this.sandbox.bubble.token,
      allow_private_hosts: true,
      requests_per_minute: 100_000,
      http_backoff_ms: 1,
      streams: [notes],
      ...config,
    };
  }

  catalog({ sync = 'append_dedup', configured = {} }: WriteOptions = {}): Row {
    const stream = {
      stream: { name: 'notes', json_schema: {}, supported_sync_modes: ['full_refresh'] },
      sync_mode: 'full_refresh',
      destination_sync_mode: sync,
      primary_key: [['id']],
      ...configured,
    };
    return { streams: [stream] };
  }

  /** Where tests keep their ledger. */
  get ledgerPath(): string {
    return path.join(this.folder, 'rejected.jsonl');
  }

  ledger(): readonly Row[] {
    const lines = fs.readFileSync(this.ledgerPath, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Row);
  }

  async write(records: readonly unknown[], options: WriteOptions = {}): Promise<Outcome> {
    const lines = options.lines ?? [
      ...records.map((data) => recordLine(data)),
      ...(options.isCut === true ? [] : [stateLine(records.length)]),
    ];
    const files = { config: this.config(options), catalog: this.catalog(options) };
    return this.run('write', files, lines, options.isSlow);
  }

  async check(options: WriteOptions = {}): Promise<{ readonly status: string; readonly message?: string }> {
    const { messages, text } = await this.run('check', { config: this.config(options) });
    const [answer] = messages.flatMap((message) =>
      message.type === 'CONNECTION_STATUS' ? [message.connectionStatus] : [],
    );
    if (answer === undefined) throw new Error(text);
    return answer;
  }

  /** Runs a command with files and lines of input. */
  async run(
    command: string,
    files: Readonly<Record<string, unknown>>,
    lines: readonly string[] = [],
    isSlow = false,
    onOutput: (text: string) => void = () => undefined,
  ): Promise<Outcome> {
    const argv = [command];
    for (const [option, content] of Object.entries(files)) {
      argv.push(`--${option}`, writeJson(this.folder, `${option}.json`, content));
    }
    let text = '';
    const stdout = new Writable({
      write(chunk: Buffer, _encoding, done) {
        onOutput(chunk.toString());
        text += chunk.toString();
        done();
      },
    });
    const input = lines.map((line) => Buffer.from(`${line}\n`));
    const stdin = Readable.from(isSlow ? input : [Buffer.concat(input)]);
    const host = { argv, stdin, stdout, events: new EventEmitter(), exit: () => {} };
    const exitCode = await runDestinationIn(new BubbleDestination(), host);
    const messages = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as AirbyteMessage);
    const logs = messages.flatMap((message) => (message.type === 'LOG' ? [message.log.message] : []));
    return {
      exitCode,
      text,
      messages,
      logs,
      states: messages.flatMap((message) => (message.type === 'STATE' ? [message.state] : [])),
      errors: messages.flatMap((message) =>
        message.type === 'TRACE' && message.trace.error !== undefined ? [message.trace.error.message] : [],
      ),
      summary: logs.find((line) => line.startsWith('Stream "notes": ') && line.includes(' scanned, ')) ?? '',
    };
  }
}
