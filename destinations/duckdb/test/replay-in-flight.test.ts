import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Statement } from '@cuttle/loader';
import { complete, DuckdbFile, record, state, streamOf } from '@cuttle/testing';
import { DuckdbWarehouse, type DuckdbWarehouseOptions } from '../src/duckdb-warehouse.js';
import { loadDirectly } from './direct-load.js';

const stream = streamOf('users', { id: 'integer' }, { generation: 1, syncId: 5 });
const BATCH = 400;
/** Half of it is what a batch needs to go to the side table before its state has come. */
const COMMIT_BYTES = 20_000;
/** More than a stream of objects reads ahead: whoever asks for the last has taken what stood before. */
const BLANK_LINES = Array<string>(5).fill('');

/** Holds rows back on their way to the side table. */
interface Gate {
  /** Called when the first of them are on their way. */
  begun: () => void;
  opened: Promise<void> | undefined;
}

class GatedWarehouse extends DuckdbWarehouse {
  readonly #gate: Gate;

  constructor(options: DuckdbWarehouseOptions, gate: Gate) {
    super(options);
    this.#gate = gate;
  }

  override async commit(statements: readonly Statement[]): Promise<void> {
    if (statements.some(({ sql }) => sql.startsWith('insert into') && sql.includes('_cuttle_open_'))) {
      this.#gate.begun();
      await this.#gate.opened;
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
  async function load(input: (gate: Gate) => AsyncIterable<string> | Iterable<string>) {
    const gate: Gate = { begun: () => undefined, opened: undefined };
    const { failure } = await loadDirectly({
      folder,
      streams: [stream],
      lines: input(gate),
      commitBytes: COMMIT_BYTES,
      takesSmallBatches: false,
      openWarehouse: (options) => new GatedWarehouse(options, gate),
    });
    const file = new DuckdbFile(join(folder, 'w.duckdb'));
    const [found] = await file.query('select count(*)::integer, count(distinct id)::integer from main.users');
    return { failure, found };
  }

  it('D-EX-05 is loaded once when its state comes while its rows go to the side table', async () => {
    const cut = await load(() => [...rows(0, BATCH), state(stream, { n: 1 }), ...rows(BATCH, 1)]);
    expect(cut).toMatchObject({ failure: { code: 'STREAM_INCOMPLETE' }, found: [BATCH, BATCH] });
    const replay = await load(async function* (gate) {
      let open: () => void = () => undefined;
      gate.opened = new Promise((resolve) => {
        open = resolve;
      });
      const begun = new Promise<void>((resolve) => {
        gate.begun = resolve;
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
