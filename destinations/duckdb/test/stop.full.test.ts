import {
  complete,
  duckdbProfile,
  errorsOf,
  messagesOf,
  record,
  state,
  statement,
  streamOf,
  TestWarehouse,
} from '@cuttle/testing';

const BATCH = 50;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('destination-duckdb', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const title = `${signal} in mid-load: commits or drops, never half; what is acknowledged is there`;
    statement('C-08', title, undefined, async () => {
      const warehouse = new TestWarehouse(duckdbProfile(), { commit_interval_ms: 50 });
      try {
        const things = streamOf('things', { id: 'integer' }, { generation: 1 });
        let seen = 0;
        const lines = async function* () {
          for (let batch = 0; batch < 400; batch += 1) {
            for (let at = 0; at < BATCH; at += 1)
              yield record(things, { id: batch * BATCH + at, pad: 'x'.repeat(6000) });
            yield state(things, { batch });
            await pause(5);
          }
          yield complete(things);
        };
        const result = await warehouse.write([things], lines(), {
          onMessage: ({ type }, child) => {
            if (type !== 'STATE') return;
            seen += 1;
            if (seen === 3) child.kill(signal);
          },
        });
        const acknowledged = messagesOf(result, 'STATE').map(
          (message) => (message.state.stream?.stream_state as { readonly batch: number }).batch,
        );
        expect([result.signal, result.exitCode, errorsOf(result).length]).toEqual([
          null,
          signal === 'SIGTERM' ? 143 : 130,
          1,
        ]);
        expect(acknowledged).toEqual(acknowledged.map((_, index) => index));
        const ids = (await warehouse.rows('things')).map((row) => Number(row['id'])).sort((a, b) => a - b);
        // Whole batches from the first on, each row once, and at least the acknowledged ones.
        expect(ids).toEqual(ids.map((_, index) => index));
        expect([ids.length % BATCH, ids.length >= acknowledged.length * BATCH, ids.length < 400 * BATCH]).toEqual([
          0,
          true,
          true,
        ]);
      } finally {
        warehouse.remove();
      }
    });
  }
});
