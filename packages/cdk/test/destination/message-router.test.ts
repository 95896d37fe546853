import { type ConfiguredCatalog, recordPrefix } from '@cuttle/protocol';
import fc from 'fast-check';
import { InputLines } from '../../src/destination/input-lines.js';
import { MessageRouter, type MessageSink } from '../../src/destination/message-router.js';
import { echoState } from '../../src/destination/state-echo.js';

const STREAMS = [
  { name: 'users' },
  { name: 'users', namespace: 'n' },
  { name: 'we"ird\n' },
  { name: 'ü', namespace: 'ü' },
];

const catalog: ConfiguredCatalog = {
  streams: STREAMS.map((stream) => ({
    stream: { ...stream, json_schema: {}, supported_sync_modes: ['full_refresh'] },
    sync_mode: 'full_refresh',
    destination_sync_mode: 'append',
  })),
};

/** Collects what the router hands on, as text. */
class Collected implements MessageSink {
  readonly seen: string[] = [];
  readonly warnings: string[] = [];
  readonly states: unknown[] = [];
  record: MessageSink['record'] = (stream, line) => {
    const data = line.buffer.toString('utf8', line.dataStart, line.dataEnd);
    this.seen.push(`${line.line}: record ${stream} ${data}`);
  };
  state: MessageSink['state'] = ({ line, state }) => {
    this.seen.push(`${line}: state ${state.stream?.stream_descriptor.name}`);
    this.states.push(state);
  };
  status: MessageSink['status'] = (stream, status, line) => {
    this.seen.push(`${line}: ${status} ${stream}`);
  };
  warn: MessageSink['warn'] = (message) => {
    this.warnings.push(message);
  };
}

function route(text: string | Buffer, cuts: readonly number[] = []): Collected {
  const sink = new Collected();
  const router = new MessageRouter(catalog, sink);
  const input = new InputLines((buffer, start, end, line) => router.route(buffer, start, end, line), 1_000_000);
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts].map((at) => at % (bytes.length + 1)).sort((a, b) => a - b)) {
    input.push(bytes.subarray(from, cut));
    from = cut;
  }
  input.push(bytes.subarray(from));
  expect(input.takeRest()).toHaveLength(0);
  return sink;
}

const ours = STREAMS.map((stream) => {
  const { head, tail } = recordPrefix(stream);
  return `${head}17${tail}{"a":"}}"}}}`;
});
/** The same records as other kits write them. */
const foreign = [
  '{"record":{"emitted_at":17,"data":{"a":"}}"},"stream":"users","namespace":null},"type":"RECORD"}',
  '{ "type" : "RECORD" , "record" : { "namespace" : "n" , "stream" : "users" , "data" : {"a":"}}"} , "emitted_at" : 17 } }',
  '{"type":"RECORD","record":{"stream":"we\\u0022ird\\n","data":{"a":"}}"},"emitted_at":17}}',
  '{"type":"RECORD","record":{"data":{"a":"}}"},"namespace":"\\u00fc","stream":"ü","emitted_at":17}}',
];

describe('MessageRouter', () => {
  it('finds stream and data of our own records and of every other key order', () => {
    const expected = STREAMS.map((_stream, index) => `${index + 1}: record ${index} {"a":"}}"}`);
    expect(route(`${ours.join('\n')}\n`).seen).toEqual(expected);
    expect(route(`${foreign.join('\n')}\n`).seen).toEqual(expected);
  });

  it('takes an empty namespace for none, wherever it stands', () => {
    const lines = [
      '{"type":"RECORD","record":{"stream":"users","namespace":"","emitted_at":17,"data":{"a":1}}}',
      '{"record":{"namespace":"","data":{"a":1},"stream":"users","emitted_at":17},"type":"RECORD"}',
      // An escaped key is left to JSON.parse, which takes the whole line for the data.
      '{"type":"RECORD","record":{"stream":"users","n\\u0061mespace":"","emitted_at":17,"data":{"a":1}}}',
      '{"type":"TRACE","trace":{"stream_status":{"status":"RUNNING","stream_descriptor":{"name":"users","namespace":""}}}}',
    ];
    const { seen, warnings } = route(`${lines.join('\n')}\n`);
    expect(seen).toEqual(['1: record 0 {"a":1}', '2: record 0 {"a":1}', `3: record 0 ${lines[2]}`, '4: RUNNING 0']);
    expect(warnings).toEqual([]);
  });

  it('is not changed by where the input is cut', () => {
    const state = '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"}}}}';
    const text = [...ours, state, ...foreign, '', state].join('\r\n');
    const whole = route(`\ufeff${text}\n`);
    expect(whole.seen).toHaveLength(10);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
        expect(route(`\ufeff${text}\n`, cuts).seen).toEqual(whole.seen);
      }),
    );
  });

  it('takes what a state has as null for what it has not, as PyAirbyte writes it', () => {
    const stream = { stream_descriptor: { name: 'users', namespace: null }, stream_state: null };
    const absent = { global: null, sourceStats: null, destinationStats: null };
    const states = [
      { type: 'STREAM', stream, data: null, ...absent },
      { type: 'GLOBAL', stream: null, ...absent, global: { shared_state: null, stream_states: [stream] } },
      { type: 'LEGACY', stream: null, ...absent, data: { at: 1 } },
    ];
    const lines = states.map((state) => JSON.stringify({ type: 'STATE', state }));
    expect(route(`${lines.join('\n')}\n`).states).toEqual([
      { type: 'STREAM', stream, data: null },
      { type: 'GLOBAL', global: { shared_state: null, stream_states: [stream] } },
      { type: 'LEGACY', data: { at: 1 } },
    ]);
  });

  it('does not take a record of a namespace for one without', () => {
    const { head } = recordPrefix({ name: 'users', namespace: 'other' });
    expect(() => route(`${head}1,"data":{}}}\n`)).toThrow('"other.users", which is not in the catalog');
  });

  it('names line and stream of a record after COMPLETE', () => {
    const complete =
      '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"status":"COMPLETE","stream_descriptor":{"name":"users"}}}}';
    expect(() => route(`${complete}\n${ours[0]}\n`)).toThrow(/line 2 .*"users"/);
  });

  it('warns once of an unknown type and ignores LOG and CONTROL', () => {
    const sink = route('{"type":"NEW"}\n{"type":"NEW"}\n{"type":"LOG","log":{}}\n{"type":"CONTROL"}\n');
    expect(sink.warnings).toEqual(['Ignored messages of the unknown type "NEW".']);
  });

  it('refuses a line that is too long before it is held in memory', () => {
    const input = new InputLines(() => undefined, 100);
    input.push(Buffer.alloc(90, 65));
    expect(() => input.push(Buffer.alloc(90, 65))).toThrow('line 1 is longer than 100 bytes');
  });
});

describe('echoState', () => {
  it('puts counts in place of null ones without a rounded number', () => {
    const line =
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_state":{"n":9007199254740993}},"global":null,"sourceStats":null,"destinationStats":null}}';
    expect(echoState(Buffer.from(line), { recordCount: 3 })).toBe(
      line.replace('"destinationStats":null', '"destinationStats":{"recordCount":3.0}'),
    );
    const inner = line.replace('{"n":9007199254740993}', '{"destinationStats":null}');
    expect(JSON.parse(echoState(Buffer.from(inner), { recordCount: 3 }))['state']).toMatchObject({
      stream: { stream_state: { destinationStats: null } },
      destinationStats: { recordCount: 3 },
    });
  });

  it('changes nothing but the stats', () => {
    const line =
      '{"type":"STATE","id":1,"state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"state":{"x":9007199254740993}}},"sourceStats":{"recordCount":3.0}}}';
    const echoed = echoState(Buffer.from(line), { recordCount: 3 });
    expect(echoed.replace('"destinationStats":{"recordCount":3.0},', '')).toBe(line);
  });

  it('finds the state also when another one stands before it, and replaces stats that are there', () => {
    const odd =
      '{"extra":{"state":{"a":1}},"state":{"type":"STREAM","destinationStats":{"recordCount":1.0}},"type":"STATE"}';
    const echoed = JSON.parse(echoState(Buffer.from(odd), { recordCount: 5 }));
    expect(echoed.state).toEqual({ type: 'STREAM', destinationStats: { recordCount: 5 } });
  });
});
