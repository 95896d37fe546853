import fc from 'fast-check';
import {
  canonicalJson,
  decodeConfiguredCatalog,
  decodeStates,
  descriptorOf,
  encodeMessage,
  encodeState,
  errorTrace,
  parseLossless,
  type StreamDescriptor,
  streamKey,
  streamLabel,
  stringifyLossless,
} from '../src/index.js';

describe('encodeState', () => {
  it('writes counts with a decimal point and keeps unknown fields', () => {
    const state = {
      type: 'STREAM',
      stream: { stream_descriptor: { name: 'a' }, stream_state: { n: 1 } },
      sourceStats: { recordCount: 3 },
      id: 7,
    } as const;
    const line = encodeState(state);
    expect(line).toContain('"sourceStats":{"recordCount":3.0}');
    expect(JSON.parse(line)).toEqual({ type: 'STATE', state: { ...state } });
  });

  it('leaves out counts that are null, as clients with fixed fields write them', () => {
    const state = {
      type: 'STREAM',
      sourceStats: null,
      destinationStats: { recordCount: 2, rejectedRecordCount: null },
    };
    const line = encodeState(state as never);
    expect(JSON.parse(line)).toEqual({
      type: 'STATE',
      state: { type: 'STREAM', destinationStats: { recordCount: 2 } },
    });
  });

  it('round-trips any message', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (content, recordCount) => {
        const state = {
          type: 'STREAM' as const,
          stream: { stream_descriptor: { name: 's' }, stream_state: content as never },
          sourceStats: { recordCount },
        };
        const decoded = JSON.parse(encodeMessage({ type: 'STATE', state }));
        expect(decodeStates(decoded)).toEqual([JSON.parse(JSON.stringify(state))]);
      }),
    );
  });
});

describe('errorTrace', () => {
  it('names the stream, and carries nothing else of a stream of the catalog', () => {
    const stream = { name: 'a', namespace: 'n', json_schema: { properties: {} }, supported_sync_modes: [] };
    const error = { message: 'm', stream_descriptor: stream };
    const made = errorTrace(error, 7);
    expect(made).toEqual({
      type: 'TRACE',
      trace: {
        type: 'ERROR',
        emitted_at: 7,
        error: { message: 'm', stream_descriptor: { name: 'a', namespace: 'n' } },
      },
    });
    expect(errorTrace({ message: 'm' }, 7)).toEqual({
      type: 'TRACE',
      trace: { type: 'ERROR', emitted_at: 7, error: { message: 'm' } },
    });
  });
});

describe('decodeStates', () => {
  it('takes lists, single messages, wrapped ones, LEGACY forms and nothing', () => {
    const stream = { type: 'STREAM', stream: { stream_descriptor: { name: 'a' }, stream_state: { x: 1 } } };
    for (const [value, types] of [
      [null, []],
      [{}, []],
      [[], []],
      [stream, ['STREAM']],
      [
        [stream, { type: 'STATE', state: stream }],
        ['STREAM', 'STREAM'],
      ],
      [{ type: 'GLOBAL', global: { shared_state: 1, stream_states: [] } }, ['GLOBAL']],
      [{ data: { users: { cursor: 1 } } }, ['LEGACY']],
      [{ users: { cursor: 1 } }, ['LEGACY']],
    ] as const) {
      expect(decodeStates(value).map(({ type }) => type)).toEqual(types);
    }
  });

  it('takes stream states without a type, in snake and camel case, and as the API answers', () => {
    const snake = { stream_descriptor: { name: 'a', namespace: 'n' }, stream_state: { x: 1 } };
    const camel = { streamDescriptor: { name: 'a', namespace: 'n' }, streamState: { x: 1 } };
    const expected = [{ type: 'STREAM', stream: snake }];
    for (const value of [
      snake,
      [snake],
      [camel],
      { stream: snake },
      { stateType: 'stream', connectionId: 'c', streamState: [camel] },
    ]) {
      expect(decodeStates(value)).toEqual(expected);
    }
    const global = [{ type: 'GLOBAL', global: { shared_state: { s: 1 }, stream_states: [snake] } }];
    expect(
      decodeStates({ stateType: 'global', globalState: { sharedState: { s: 1 }, streamStates: [camel] } }),
    ).toEqual(global);
    expect(decodeStates({ global: { shared_state: { s: 1 }, stream_states: [snake] } })).toEqual(global);
    // A stream of that name in an old map.
    expect(decodeStates({ stream_descriptor: { cursor: 1 } })).toMatchObject([{ type: 'LEGACY' }]);
  });

  it('refuses what is no state', () => {
    for (const value of [5, 'x', { type: 'STREAM' }, { type: 'GLOBAL' }, [{ type: 'STREAM', stream: {} }]]) {
      expect(() => decodeStates(value)).toThrow(/state/);
    }
  });
});

describe('decodeConfiguredCatalog', () => {
  const stream = { name: 'a', json_schema: {}, supported_sync_modes: ['full_refresh'] };
  const configured = { stream, sync_mode: 'full_refresh', destination_sync_mode: 'append' };

  it('takes null, missing and empty keys alike', () => {
    for (const extra of [{}, { cursor_field: null, primary_key: null }, { cursor_field: [], primary_key: [] }]) {
      expect(decodeConfiguredCatalog({ streams: [{ ...configured, ...extra }] }).streams).toHaveLength(1);
    }
  });

  it('takes an empty namespace for none, as null and a missing one', () => {
    for (const namespace of ['', null, undefined]) {
      const { streams } = decodeConfiguredCatalog({ streams: [{ ...configured, stream: { ...stream, namespace } }] });
      const descriptor = streams[0]?.stream as StreamDescriptor;
      expect([descriptor.namespace ?? null, streamKey(descriptor), streamLabel(descriptor)]).toEqual([
        null,
        '[null,"a"]',
        'a',
      ]);
    }
    const named = { name: 'a', namespace: '' };
    expect([streamKey(named), streamLabel(named), descriptorOf(named)]).toEqual(['[null,"a"]', 'a', { name: 'a' }]);
    const states = decodeStates([{ type: 'STREAM', stream: { stream_descriptor: named, stream_state: { x: 1 } } }]);
    expect(states[0]?.stream?.stream_descriptor).toEqual({ name: 'a' });
  });

  it('refuses one stream twice, also when its namespace is null once and empty once', () => {
    const twice = (...namespaces: readonly unknown[]) =>
      namespaces.map((namespace) => ({ ...configured, stream: { ...stream, namespace } }));
    expect(decodeConfiguredCatalog({ streams: twice('', 'n', 'N') }).streams).toHaveLength(3);
    for (const namespaces of [
      ['', null],
      [undefined, ''],
      ['n', 'm', 'n'],
    ]) {
      const decode = () => decodeConfiguredCatalog({ streams: twice(...namespaces) });
      expect(decode).toThrow(expect.objectContaining({ code: 'CATALOG_INVALID', failureType: 'config_error' }));
      expect(decode).toThrow(/\(stream "a"\) is the same stream as streams\[0\]/);
    }
  });

  it('names the place of each mistake', () => {
    const cases: readonly (readonly [unknown, string])[] = [
      [{ streams: 5 }, 'streams'],
      [{ streams: [5] }, 'streams[0]'],
      [{ streams: [{ ...configured, stream: { ...stream, name: '' } }] }, 'streams[0].stream.name'],
      [{ streams: [{ ...configured, sync_mode: 'x' }] }, '"a"'],
      [{ streams: [{ ...configured, primary_key: [5] }] }, 'primary_key'],
      [{ streams: [{ ...configured, generation_id: 'x' }] }, 'generation_id'],
      [{ streams: [{ ...configured, generation_id: 1.5 }] }, 'generation_id must be a whole number'],
      [{ streams: [{ ...configured, generation_id: -1 }] }, 'generation_id must be a whole number'],
      [{ streams: [{ ...configured, generation_id: 2 ** 53 }] }, 'generation_id must be a whole number'],
      [{ streams: [{ ...configured, sync_id: 1e300 }] }, 'sync_id must be a whole number'],
      [
        { streams: [{ ...configured, generation_id: 3, minimum_generation_id: 4 }] },
        'minimum_generation_id is 4, above the generation_id 3',
      ],
      [{ streams: [{ ...configured, minimum_generation_id: 1 }] }, 'above the generation_id 0'],
    ];
    for (const [value, place] of cases) expect(() => decodeConfiguredCatalog(value)).toThrow(place);
  });
});

describe('canonicalJson', () => {
  it('is equal exactly for equal data, whatever the order of keys', () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : value !== null && typeof value === 'object'
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, part]) => [key, reversed(part)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('lossless JSON', () => {
  it('keeps every digit and every key', () => {
    const text =
      '{"a":12345678901234567890123,"b":[0.10,1e400,-0,1E+2],"__proto__":{"x":1},"":"","s":"\\u0000\\n\\"é"}';
    const value = parseLossless(text);
    expect(stringifyLossless(value)).toBe(text.replace('\\u0000\\n\\"', '\\u0000\\n\\"'));
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('agrees with JSON.parse on every value and on what is no JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat({ max: 3 }), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.parse(stringifyLossless(parseLossless(text)))).toEqual(JSON.parse(text));
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.string({ maxLength: 2 }), (value, at, inserted) => {
        const whole = JSON.stringify(value);
        const place = at % (whole.length + 1);
        const text = whole.slice(0, place) + inserted + whole.slice(place);
        expect(accepts(() => parseLossless(text))).toBe(accepts(() => JSON.parse(text)));
      }),
    );
  });

  it('gives the last of two equal keys', () => {
    expect(stringifyLossless(parseLossless('{"a":1,"b":2,"a":3}'))).toBe('{"b":2,"a":3}');
  });
});

function accepts(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
