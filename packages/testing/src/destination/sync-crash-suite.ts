import type { ConfiguredStream, JsonObject } from '@cuttle/protocol';
import { statesOf } from '../harness/run-command.js';
import { complete, range, state } from './fixture.js';
import { countStatements, killedAfter } from './kill-points.js';
import { sideTables } from './mode-suite.js';
import type { DestinationProfile } from './profile.js';
import { openSuite, type Suite } from './suite.js';
import { batches, endedTargets, MARKER, nameList, rows, UNNUMBERED, usersOf, whole } from './sync-input.js';

const TIMEOUT_MS = 300_000;

/** D-CR: killed at the end of a sync: between the last state and the note that the sync is over, between two streams. */
export function syncCrashSuite(profile: DestinationProfile): void {
  const suite = openSuite(profile);
  killedBeforeEnded(suite, profile);
  killedBetweenStreams(suite, profile);
}

/** Statements from the end of a run back to the one that notes the end of the sync, at most. */
const LAST_STATEMENTS = 9;

function killedBeforeEnded(suite: Suite, profile: DestinationProfile): void {
  for (const ids of ['no ids', '1/1/1']) {
    const stream = usersOf(UNNUMBERED[ids] ?? {});
    const input = whole(stream, batches(stream, 2));
    suite.check(
      'D-CR-02',
      `ids ${ids}: killed between the last state and the end of the sync: sent again, nothing doubles`,
      async () => {
        const total = await countStatements(suite.warehouse, (run) => suite.warehouse.write([stream], input, run));
        for (const back of range(LAST_STATEMENTS)) {
          suite.renew();
          const killed = await suite.warehouse.write([stream], input, killedAfter(suite.warehouse, total - back));
          const hasEnded = (await endedTargets(suite, profile)).length > 0;
          await suite.warehouse.load([stream], input);
          expect({ back, rows: await suite.warehouse.rows('users') }).toMatchObject({
            back,
            rows: { length: hasEnded ? 8 : 4 },
          });
          if (statesOf(killed).length === 2 && !hasEnded) return;
        }
        throw new Error('no kill came between the last state and the end of the sync');
      },
      TIMEOUT_MS,
    );
  }
}

/** A value in a rare form, so that the streams share no transaction. */
const odd = (line: string) => line.replace('"data":{', '"data":{"odd":"1e3",');

function withOdd(configured: ConfiguredStream): ConfiguredStream {
  const { json_schema: schema } = configured.stream;
  const properties = { ...(schema['properties'] as JsonObject), odd: { type: ['null', 'integer'] } };
  return { ...configured, stream: { ...configured.stream, json_schema: { ...schema, properties } } };
}

/** The commit that puts a stream in place has more statements than this. */
const STEP = 3;

function killedBetweenStreams(suite: Suite, profile: DestinationProfile): void {
  const streams = ['a', 'b'].map((name) => withOdd(usersOf({ generation: 2, minimum: 2, syncId: 7 }, name)));
  const old = streams.map((stream) => ({ ...stream, generation_id: 1, minimum_generation_id: 0, sync_id: 6 }));
  const input = [...streams.flatMap((stream) => batches(stream, 2)), ...streams.map(complete)].map(odd);
  const names = async (table: string) => (await suite.warehouse.data(table)).map(({ name }) => name).sort();
  const prepare = () =>
    suite.warehouse.load(
      old,
      old.flatMap((stream) => whole(stream, [...rows(stream, 50, 1), state(stream, MARKER)])),
    );
  const attempts: Readonly<Record<string, readonly string[]>> = {
    'its states were stored': streams.map((stream: ConfiguredStream) => complete(stream)),
    'none was stored': input,
  };
  for (const [title, next] of Object.entries(attempts)) {
    suite.check(
      'D-CR-01',
      `numbered: killed when a was put in place and b was not; ${title}: nothing lost, nothing twice`,
      async () => {
        await prepare();
        const total = await countStatements(suite.warehouse, (run) => suite.warehouse.write(streams, input, run));
        for (let after = total - 1; ; after -= STEP) {
          suite.renew();
          await prepare();
          const killed = await suite.warehouse.write(streams, input, killedAfter(suite.warehouse, after));
          const hasA = (await names('a')).length > 1;
          const hasB = (await names('b')).length > 1;
          // Behind: go on towards the beginning. Before both: the place was missed.
          expect({ after, isBefore: !hasA && !hasB }).toEqual({ after, isBefore: false });
          if (hasB) continue;
          expect(statesOf(killed)).toHaveLength(4);
          await suite.warehouse.load(streams, next);
          expect([await names('a'), await names('b')]).toEqual([nameList(4), nameList(4)]);
          expect(sideTables(await profile.tables(suite.warehouse.config))).toEqual([]);
          return;
        }
      },
      TIMEOUT_MS,
    );
  }
}
