import type { ConfiguredStream } from '@cuttle/protocol';
import {
  complete,
  isLong,
  record,
  type StreamOptions,
  state,
  statesOf,
  streamOf,
  TestWarehouse,
} from '@cuttle/testing';
import fc from 'fast-check';
import { profileInProcess } from './profile.js';

const BATCH = 2;
const RUNS = isLong ? 300 : 8;

/** How a client numbers its syncs and attempts. */
type Client = 'numbered' | 'no ids' | '1/1/1' | '1/0/1';

/** One run of `write`: what the source has by then, and what becomes of the run. */
interface Step {
  /** Batches that the source gained since the run before. */
  readonly gained: number;
  /** Part of the input after which it is cut off; undefined for a whole run. */
  readonly cut: number | undefined;
  /** States that came back and were not stored, of a run that was cut off. */
  readonly lost: number;
}

const steps = fc.array(
  fc.record({
    gained: fc.nat(2),
    cut: fc.option(fc.double({ min: 0, max: 0.99, noNaN: true }), { nil: undefined, freq: 1 }),
    lost: fc.nat(3),
  }),
  { minLength: 2, maxLength: 6 },
);
const clients = fc.constantFrom<Client>('numbered', 'no ids', '1/1/1', '1/0/1');

/** A client with its stored state, before a source that only grows. */
class Model {
  /** Batches of the source. */
  total = 0;
  /** Batches behind the stored state. */
  stored = 0;
  syncId = 2;
  readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  stream(mode: 'append' | 'overwrite'): ConfiguredStream {
    const ids: Readonly<Record<Client, StreamOptions>> = {
      numbered: { generation: 1, syncId: this.syncId },
      'no ids': {},
      '1/1/1': { generation: 1, minimum: 1, syncId: 1 },
      '1/0/1': { generation: 1, minimum: 0, syncId: 1 },
    };
    return streamOf('users', { id: 'integer' }, { ...ids[this.client], mode });
  }

  /** Messages from a batch on, each batch with its state, and the end. */
  input(stream: ConfiguredStream, from: number): readonly string[] {
    const lines: string[] = [];
    for (let batch = from; batch < this.total; batch += 1) {
      for (let row = 0; row < BATCH; row += 1) lines.push(record(stream, { id: batch * BATCH + row }));
      lines.push(state(stream, { batches: batch + 1 }));
    }
    return this.client === 'no ids' ? lines : [...lines, complete(stream)];
  }
}

/** Number of batches that the last of some states stands for. */
function batchesOf(states: ReturnType<typeof statesOf>, otherwise: number): number {
  const content = states.at(-1)?.stream?.stream_state as { readonly batches: number } | undefined;
  return content?.batches ?? otherwise;
}

async function idsOf(warehouse: TestWarehouse): Promise<readonly number[]> {
  return (await warehouse.data('users')).map(({ id }) => Number(id)).sort((a, b) => a - b);
}

function allIds(batches: number): readonly number[] {
  return [...Array(batches * BATCH).keys()];
}

async function runAppend(warehouse: TestWarehouse, model: Model, step: Step): Promise<void> {
  model.total += step.gained;
  const stream = model.stream('append');
  const input = model.input(stream, model.stored);
  // Without ids an input that ends behind a state is whole.
  const cutAt = step.cut === undefined ? undefined : Math.floor(step.cut * input.length);
  const lines = cutAt === undefined ? input : [...input.slice(0, cutAt), record(stream, { id: -1 })];
  const result = await warehouse.write([stream], lines);
  expect(result.exitCode === 0).toBe(cutAt === undefined);
  const states = statesOf(result);
  if (cutAt !== undefined) {
    model.stored = batchesOf(states.slice(0, Math.max(0, states.length - step.lost)), model.stored);
    return;
  }
  expect(batchesOf(states, model.stored)).toBe(model.total);
  model.stored = model.total;
  model.syncId += 1;
  expect(await idsOf(warehouse)).toEqual(allIds(model.total));
}

async function runOverwrite(warehouse: TestWarehouse, model: Model, step: Step): Promise<void> {
  const before = model.stored;
  model.total += step.gained;
  const stream = model.stream('overwrite');
  const input = model.input(stream, 0);
  const cutAt = step.cut === undefined ? undefined : Math.floor(step.cut * input.length);
  const ending = input.length === 0 ? [state(stream, null)] : input;
  const lines = cutAt === undefined ? ending : [...input.slice(0, cutAt), record(stream, { id: -1 })];
  const result = await warehouse.write([stream], lines);
  expect(result.exitCode === 0).toBe(cutAt === undefined);
  if (cutAt === undefined) model.stored = model.total;
  else expect(statesOf(result)).toEqual([]);
  if (cutAt === undefined) model.syncId += 1;
  expect(await idsOf(warehouse)).toEqual(allIds(cutAt === undefined ? model.total : before));
}

describe('sequences of syncs that are cut off anywhere', () => {
  const withWarehouse = async (work: (warehouse: TestWarehouse) => Promise<void>) => {
    const warehouse = new TestWarehouse(profileInProcess());
    try {
      await work(warehouse);
    } finally {
      warehouse.remove();
    }
  };
  const check = (run: (warehouse: TestWarehouse, model: Model, step: Step) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(clients, steps, (client, sequence) =>
        withWarehouse(async (warehouse) => {
          const model = new Model(client);
          for (const step of [...sequence, { gained: 1, cut: undefined, lost: 0 }]) await run(warehouse, model, step);
        }),
      ),
      { numRuns: RUNS, ...(isLong ? {} : { seed: 11 }) },
    );

  it(
    'D-EX-05 append: every row once, whichever states were stored and however the client numbers syncs',
    () => check(runAppend),
    3_600_000,
  );

  it(
    'D-OVW-02 overwrite: the rows of the last whole sync, and no state of one that was cut off',
    () => check(runOverwrite),
    3_600_000,
  );
});
