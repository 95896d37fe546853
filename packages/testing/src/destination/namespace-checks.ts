import { errorsOf, statesOf } from '../harness/run-command.js';
import { EMITTED_AT, state, streamOf } from './fixture.js';
import type { DestinationProfile } from './profile.js';
import type { Suite } from './suite.js';

/** Ways to write that a stream has no namespace. */
const NONE: Readonly<Record<string, object>> = {
  'an empty one': { namespace: '' },
  null: { namespace: null },
  'no key': {},
};

/** D-NAM-06 for namespaces that are null or empty: in the catalog, in records, states and statuses they are none. */
export function namespaceChecks(suite: Suite, profile: DestinationProfile): void {
  const { check } = suite;

  for (const [written, own] of Object.entries(NONE)) {
    check('D-NAM-06', `${written} in the catalog: records, states and statuses of each spelling are its`, async () => {
      const base = streamOf('t', { id: 'integer' }, { generation: 1, syncId: 3 });
      const stream = { ...base, stream: { ...base.stream, ...own } };
      const spellings = Object.values(NONE);
      const lines = spellings.flatMap((spelling, id) => [
        JSON.stringify({ type: 'RECORD', record: { stream: 't', ...spelling, emitted_at: EMITTED_AT, data: { id } } }),
        JSON.stringify({ type: 'RECORD', record: { data: { id }, emitted_at: EMITTED_AT, stream: 't', ...spelling } }),
        stateLine(spelling, id),
      ]);
      for (const spelling of spellings) {
        // The second and third attempt at one sync, spelled in another way, are a replay.
        const result = await suite.warehouse.load([stream], [...lines, statusLine(spelling)]);
        const echoed = result.lines.filter((line) => line.includes('"type":"STATE"'));
        expect(echoed).toEqual(spellings.map((each, id) => withStats(stateLine(each, id), 2)));
        expect((await suite.warehouse.data('t')).map(({ id }) => id)).toEqual(['0', '0', '1', '1', '2', '2']);
      }
      const tables = (await profile.tables(suite.warehouse.config)).filter((name) => /\.t$/i.test(name));
      expect(tables).toEqual([`${profile.schema}.${profile.nameOf('t')}`]);
    });
  }

  check('D-NAM-06', 'an empty and a null namespace of one name in one catalog is a config_error', async () => {
    const base = streamOf('t', { id: 'integer' });
    const streams = ['', null].map((namespace) => ({ ...base, stream: { ...base.stream, namespace } }));
    const result = await suite.warehouse.write(streams, [state(base, { n: 1 })]);
    expect([result.exitCode, statesOf(result)]).toEqual([1, []]);
    expect(errorsOf(result)).toMatchObject([
      { failureType: 'config_error', message: expect.stringContaining('streams[1] (stream "t") is the same stream') },
    ]);
    expect(result.lines.join('\n')).toContain('CATALOG_INVALID');
    expect(await profile.tables(suite.warehouse.config)).toEqual([]);
  });
}

function stateLine(spelling: object, id: number): string {
  const descriptor = JSON.stringify({ name: 't', ...spelling });
  return `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":${descriptor},"stream_state":{"at":${id}.0}}}}`;
}

function withStats(line: string, records: number): string {
  return line.replace('"state":{', `"state":{"destinationStats":{"recordCount":${records}.0},`);
}

function statusLine(spelling: object): string {
  const status = { stream_descriptor: { name: 't', ...spelling }, status: 'COMPLETE' };
  return JSON.stringify({ type: 'TRACE', trace: { type: 'STREAM_STATUS', emitted_at: 1, stream_status: status } });
}
