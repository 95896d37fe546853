import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { ConfiguredStream, JsonObject, StateMessage } from '@cuttle/protocol';
import { preload } from '../harness/preload.js';
import { connectorFile } from '../harness/workspace.js';
import { type ReadOptions, SourceBench, stateOf } from './bench.js';
import { onBench } from './on-bench.js';
import type { SourceProfile, StandIn } from './profile.js';
import type { SourceRead } from './source-read.js';

/** States of which each is read from. */
const STATES = 4;
/** Longest wait of a request. */
const MAX_DELAY_MS = 12;
const CLOCK: ReadOptions = { preload: [preload('clock')], env: { CUTTLE_CLOCK_OFFSET_MS: '5400000' } };

/** What a destination's digest covers: the data of the records between two states, and the state behind them. */
interface Batch {
  readonly records: number;
  /** Of the records' data, in order: whole records would make the report of a difference endless. */
  readonly digest: string;
  readonly state: JsonObject;
}

/**
 * a second attempt gives the same as the first, so that a destination can tell what it loaded already. Records and
 * states are a function of the remote data and the stored state, not of the time or of which request was answered first.
 * For a source that does not promise it for appends (`appendDelivery` in metadata.yaml) the time of the remote system
 * has to be the same, and the warning has to be there.
 */
export function determinismSuite<S extends StandIn>(profile: SourceProfile<S>): void {
  const check = onBench(profile, () => SourceBench.open(profile));
  const { stream } = profile.paged;
  const isExact = readMetadata(profile.folder, 'appendDelivery') === 'exactly_once';
  const append = { destinationMode: 'append' } as const;

  check(
    'R-20',
    'an append is read twice, with answers in another order: the same records and states',
    async (bench) => {
      const streams = await bench.streams(undefined, append);
      const first = (await bench.read(streams)).expectSuccess();
      reorder(bench);
      const second = (await bench.read(streams)).expectSuccess();
      bench.proxy.reset();
      const third = (await bench.read(streams, CLOCK)).expectSuccess();
      for (const { stream: own } of streams) {
        expect([own.name, batchesOf(second, own.name)]).toEqual([own.name, batchesOf(first, own.name)]);
        expect([own.name, batchesOf(third, own.name)]).toEqual([own.name, batchesOf(first, own.name)]);
      }
    },
  );

  check(
    'R-20',
    'from each state twice, with other delays and another clock: the same bytes between states',
    async (bench) => {
      const streams = await pagedAppend(bench);
      const states = statesOf(await bench.read(streams));
      expect(states.length).toBeGreaterThanOrEqual(10);
      for (const state of sample(states, STATES)) {
        const from = { state: stateOf(stream, state) };
        const first = (await bench.read(streams, from)).expectSuccess();
        reorder(bench);
        const second = (await bench.read(streams, from)).expectSuccess();
        bench.proxy.reset();
        const third = (await bench.read(streams, { ...from, ...CLOCK })).expectSuccess();
        expect([state, batchesOf(second, stream)]).toEqual([state, batchesOf(first, stream)]);
        expect([state, batchesOf(third, stream)]).toEqual([state, batchesOf(first, stream)]);
      }
    },
  );

  check('R-20', 'a full refresh that may go on where it was cut off is read twice: the same', async (bench) => {
    const streams = (await bench.paged({ syncMode: 'full_refresh', ...append })).map((own) => ({
      ...own,
      generation_id: 3,
      minimum_generation_id: 0,
      sync_id: 9,
    }));
    const first = (await bench.read(streams)).expectSuccess();
    reorder(bench);
    const second = (await bench.read(streams)).expectSuccess();
    expect(batchesOf(second, stream)).toEqual(batchesOf(first, stream));
  });

  check('R-20', 'a stream that is appended at least once says so in a warning', async (bench) => {
    const streams = await bench.streams([stream], append);
    const warned = (read: SourceRead) =>
      read.warnings.some((text) => text.includes(`"${stream}" is appended at least once`));
    expect(warned((await bench.read(streams)).expectSuccess())).toBe(!isExact);
    expect(warned((await bench.read(await bench.streams([stream]))).expectSuccess())).toBe(false);
  });

  if (!isExact) return;
  check(
    'R-20',
    'from each state: what came behind it in the read that said it, also some hours later',
    async (bench) => {
      const streams = await pagedAppend(bench);
      const whole = (await bench.read(streams)).expectSuccess();
      const all = batchesOf(whole, stream);
      bench.standIn.control.run('clock.advance', { ms: 2 * 3_600_000 });
      for (const { state } of sample(all, STATES)) {
        const at = all.findIndex((batch) => batch.state === state);
        const rest = (await bench.read(streams, { state: stateOf(stream, state) })).expectSuccess();
        expect([state, batchesOf(rest, stream)]).toEqual([state, all.slice(at + 1)]);
      }
    },
  );

  function pagedAppend(bench: SourceBench<S>): Promise<readonly ConfiguredStream[]> {
    return bench.paged(append);
  }

  function statesOf(read: SourceRead): readonly JsonObject[] {
    const contents = read.expectSuccess().states.map((state) => contentOf(state, stream));
    return contents.filter((content) => content !== undefined);
  }
}

/** Lets requests wait for different times, so that those which are sent together are answered in another order. */
function reorder<S extends StandIn>({ proxy }: SourceBench<S>): void {
  let count = 0;
  proxy.delayMs = () => {
    count += 1;
    return MAX_DELAY_MS - ((count * 5) % (MAX_DELAY_MS + 1));
  };
}

/** Batches with records. A state behind none identifies nothing, so it may say the time. */
function batchesOf(read: SourceRead, stream: string): readonly Batch[] {
  const batches: Batch[] = [];
  let hash = createHash('sha256');
  let records = 0;
  for (const { message } of read.result.messages) {
    if (message.type === 'RECORD' && message.record.stream === stream) {
      hash.update(`${JSON.stringify(message.record.data)}\n`);
      records += 1;
    }
    const state = message.type === 'STATE' ? contentOf(message.state, stream) : undefined;
    if (state === undefined || records === 0) continue;
    batches.push({ records, digest: hash.digest('hex'), state });
    hash = createHash('sha256');
    records = 0;
  }
  return batches;
}

function contentOf(state: StateMessage, stream: string): JsonObject | undefined {
  return state.stream?.stream_descriptor.name === stream ? (state.stream.stream_state as JsonObject) : undefined;
}

function sample<T>(items: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.ceil(items.length / count));
  return items.filter((_item, index) => index % step === 0);
}

function readMetadata(folder: string, field: string): string | undefined {
  const text = fs.readFileSync(connectorFile(folder, 'metadata.yaml'), 'utf8');
  return new RegExp(`^ *${field}: *(\\w+)`, 'm').exec(text)?.[1];
}
