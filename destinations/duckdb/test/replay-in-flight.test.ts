import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { createLogger, MessageWriter, Secrets } from '@cuttle/airbyte-cdk';
import { Engine, loadStreams, type Statement } from '@cuttle/loader';
import { complete, record, state, streamOf } from '@cuttle/testing';
import { DuckdbWarehouse } from '../src/duckdb-warehouse.js';

const stream = streamOf('users', { id: 'integer' }, { generation: 1, syncId: 5 });
const BATCH = 400;
/** Half of it is what a batch needs to go to the side table before its state has come. */
const COMMIT_BYTES = 20_000;
/** More than a stream of objects reads ahead: whoever asks for the last has taken what stood before. */
const BLANK_LINES = Array<string>(5).fill('');

/** A warehouse that waits before rows go to the side table. */
class GatedWarehouse extends DuckdbWarehouse {
  begun: () => void = () => undefined;
  gate: Promise<void> | undefined;

  override async commit(statements: readonly Statement[]): Promise<void> {
    if (statements.some(({ sql }) => sql.startsWith('insert into') && sql.includes('_cuttle_open_'))) {
      this.begun();
      await this.gate;
    }
    await super.commit(statements);
  }
}

describe('a replayed batch that is larger than a commit', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replay-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => record(stream, { id: from + n }));

  /** Loads what `input` gives and tells how many rows and how many ids there are then. */
  async function load(input: (warehouse: GatedWarehouse) => AsyncIterable<string> | Iterable<string>) {
    const staging = mkdtempSync(join(folder, 'staging-'));
    const engine = await Engine.open({ folder: staging });
    const { signal } = new AbortController();
    const warehouse = new GatedWarehouse({ engine, file: join(folder, 'w.duckdb'), waitMs: 1000, signal });
    const output = new Writable({ write: (_chunk, _encoding, done) => done() });
    const writer = new MessageWriter({ output, secrets: new Secrets(), clock: Date.now });
    const chunks = async function* () {
      for await (const line of input(warehouse)) yield Buffer.from(`${line}\n`);
    };
    const stdin = Readable.from(chunks(), { highWaterMark: 1 });
    const log = createLogger(writer, false);
    const invocation = { catalog: { streams: [stream] }, stdin, writer, log, signal, clock: Date.now };
    const limits = { commitBytes: COMMIT_BYTES, commitMs: 60_000, maxLineBytes: 1_000_000 };
    const place = 'a test';
    try {
      const options = {
        warehouse,
        engine,
        folder: staging,
        place,
        defaultSchema: 'main',
        deleteMode: 'hard',
        limits,
      } as const;
      const failure: unknown = await loadStreams({ invocation, ...options }).catch((error: unknown) => error);
      const counted = 'select count(*), count(distinct id) from main.users';
      const [found] = await warehouse.session(() => warehouse.query(counted));
      return { failure, found };
    } finally {
      await writer.end();
      await warehouse.close();
    }
  }

  it('D-EX-05 is loaded once when its state comes while its rows go to the side table', async () => {
    const cut = await load(() => [...rows(0, BATCH), state(stream, { n: 1 }), ...rows(BATCH, 1)]);
    expect(cut).toMatchObject({ failure: { code: 'STREAM_INCOMPLETE' }, found: [BATCH, BATCH] });
    const replay = await load(async function* (warehouse) {
      let open: () => void = () => undefined;
      warehouse.gate = new Promise((resolve) => {
        open = resolve;
      });
      const begun = new Promise<void>((resolve) => {
        warehouse.begun = resolve;
      });
      yield* rows(0, BATCH);
      await begun;
      yield state(stream, { n: 1 });
      yield* BLANK_LINES;
      open();
      yield* rows(BATCH, 1);
      yield state(stream, { n: 2 });
      yield complete(stream);
    });
    expect(replay).toEqual({ failure: undefined, found: [BATCH + 1, BATCH + 1] });
  });
});
