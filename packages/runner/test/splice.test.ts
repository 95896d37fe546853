import { parseLossless, type StreamDescriptor, stringifyLossless } from '@cuttle/protocol';
import fc from 'fast-check';
import { connectorLines } from '../src/pipe/connector-lines.js';
import { SourceLines } from '../src/pipe/source-lines.js';
import { mapSourceState, readAcknowledgedState } from '../src/pipe/state-lines.js';
import { type StreamMapping, StreamRoutes } from '../src/pipe/stream-route.js';

/** What the pipe makes of an input that arrives in chunks. */
function pipe(
  input: Buffer,
  mappings: readonly StreamMapping[],
  chunkBytes = 65_536,
): { text: string; notes: string[] } {
  const notes: string[] = [];
  const routes = new StreamRoutes(mappings);
  const lines = new SourceLines(routes, {
    state: (text) => mapSourceState(text, routes).line,
    message: (message) => notes.push(message.type),
    garbage: (text) => notes.push(`garbage ${text}`),
  });
  const reader = connectorLines(lines, 1024 * 1024);
  const parts: Buffer[] = [];
  for (let at = 0; at < input.length; at += chunkBytes) {
    // A copy: what was handed over must not depend on the reader's buffer.
    const chunk = Buffer.from(input.subarray(at, at + chunkBytes));
    reader.push(chunk);
    lines.endRun();
    parts.push(...lines.out.take());
  }
  return { text: Buffer.concat(parts).toString('utf8'), notes };
}

const mapping = (source: StreamDescriptor, destination: StreamDescriptor): StreamMapping => ({ source, destination });

/** The naive way: parse, change, write. */
function naive(line: string, destination: StreamDescriptor): unknown {
  const message = JSON.parse(line);
  const { namespace: _namespace, ...record } = message.record;
  const namespace = destination.namespace == null ? {} : { namespace: destination.namespace };
  return { ...message, record: { ...record, stream: destination.name, ...namespace } };
}

/** Without a namespace and with a null one is the same. */
function plain(line: string): unknown {
  const message = JSON.parse(line);
  if (message.record.namespace === null) delete message.record.namespace;
  return message;
}

/** An object as JSON with its keys in a random order and random white space between tokens. */
function jsonText(entries: readonly (readonly [string, string])[], space: string): string {
  return `{${space}${entries.map(([key, value]) => `${JSON.stringify(key)}${space}:${space}${value}`).join(`,${space}`)}${space}}`;
}

describe('records on their way', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
  const descriptor = fc.record({ name, namespace: fc.option(name, { nil: undefined }) });

  it('the splice equals parse, change, stringify, for any key order, white space, names and cuts', () => {
    const record = fc.record({
      source: descriptor,
      data: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
      extra: fc.subarray<[string, string]>([
        ['meta', '{"changes":[]}'],
        ['namespace2', '"x"'],
        ['file_reference', '{"namespace":1}'],
      ]),
      order: fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
      space: fc.constantFrom('', ' ', '\t', ' \r'),
      noNamespace: fc.constantFrom(undefined, 'null', '""'),
    });
    fc.assert(
      fc.property(record, descriptor, fc.integer({ min: 1, max: 200 }), (given, destination, chunkBytes) => {
        const { source, data, extra, space, noNamespace } = given;
        const order = [...given.order];
        const shuffle = <Item>(items: readonly Item[]): readonly Item[] =>
          items
            .map((item) => ({ item, key: order.pop() ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const namespace: [string, string][] =
          source.namespace !== undefined
            ? [['namespace', JSON.stringify(source.namespace)]]
            : noNamespace === undefined
              ? []
              : [['namespace', noNamespace]];
        const inner = shuffle<readonly [string, string]>([
          ['stream', JSON.stringify(source.name)],
          ['data', data],
          ['emitted_at', '1700000000000'],
          ...namespace,
          ...extra,
        ]);
        const line = jsonText(
          shuffle([
            ['type', '"RECORD"'],
            ['record', jsonText(inner, space)],
          ] as const),
          space,
        );
        const { text, notes } = pipe(Buffer.from(`${line}\n`), [mapping(source, destination)], chunkBytes);
        expect(notes).toEqual([]);
        expect(text.endsWith('\n')).toBe(true);
        expect(plain(text)).toEqual(naive(line, destination));
        expect(text).toContain(`${data}`);
      }),
    );
  });

  it('a line of our own writers keeps every byte but the head, whatever the chunks', () => {
    const data =
      '{"id":90071992547409931234,"f":50000.0000000000000001,"__proto__":{"a":1},"s":"\\ud83d\\u0000\\u2028"}';
    const head = '{"type":"RECORD","record":{"stream":"orders","namespace":"shop"';
    const line = `${head},"emitted_at":1,"data":${data}}}\n`;
    const input = Buffer.from(line.repeat(50));
    for (const chunkBytes of [1, 7, 64, 1000, 1 << 20]) {
      const to = { name: 'raw_orders', namespace: 'RAW' };
      const { text } = pipe(input, [mapping({ name: 'orders', namespace: 'shop' }, to)], chunkBytes);
      expect(text).toBe(line.replace('"orders","namespace":"shop"', '"raw_orders","namespace":"RAW"').repeat(50));
    }
  });

  it('without a mapping every byte stays, also between other lines', () => {
    const record = (id: number): string =>
      `{"type":"RECORD","record":{"stream":"orders","emitted_at":1,"data":{"id":${id}}}}\n`;
    const log = '{"type":"LOG","log":{"level":"INFO","message":"x"}}\n';
    const input = `${record(1)}${record(2)}${log}${record(3)}noise\n\n${record(4)}`;
    const { text, notes } = pipe(Buffer.from(input), [mapping({ name: 'orders' }, { name: 'orders' })], 90);
    expect(text).toBe([1, 2, 3, 4].map(record).join(''));
    expect(notes).toEqual(['LOG', 'garbage noise']);
  });

  it('an empty namespace is none, also where nothing else changes', () => {
    const line = (namespace: string): string =>
      `{"type":"RECORD","record":{"stream":"orders",${namespace}"emitted_at":1,"data":{"a":1}}}\n`;
    const { text } = pipe(Buffer.from(line('"namespace":"",')), [mapping({ name: 'orders' }, { name: 'orders' })]);
    expect(plain(text)).toEqual(JSON.parse(line('')));
  });

  it('tells streams apart that share a name, and names that begin alike', () => {
    const line = (stream: string): string =>
      `{"type":"RECORD","record":{"stream":${stream},"emitted_at":1,"data":{"a":1}}}\n`;
    const mappings = [
      mapping({ name: 'a' }, { name: 'x' }),
      mapping({ name: 'a', namespace: 'n' }, { name: 'y' }),
      mapping({ name: 'ab' }, { name: 'z' }),
    ];
    const late = '{"type":"RECORD","record":{"stream":"a","emitted_at":1,"data":{"a":1},"namespace":"n"}}\n';
    const input = [line('"a"'), line('"ab"'), line('"a","namespace":"n"'), late, line('"a"')].join('');
    const streams = pipe(Buffer.from(input), mappings)
      .text.trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text).record.stream);
    expect(streams).toEqual(['x', 'z', 'y', 'y', 'x']);
  });

  it('a null namespace behind the head does not win over the mapped one', () => {
    const line = '{"type":"RECORD","record":{"stream":"a","emitted_at":1,"data":{"a":1},"namespace":null}}\n';
    const { text } = pipe(Buffer.from(line), [mapping({ name: 'a' }, { name: 'x', namespace: 'n' })]);
    expect(JSON.parse(text).record).toMatchObject({ stream: 'x', namespace: 'n', data: { a: 1 } });
  });

  it('a record whose other fields speak of a namespace is no endless loop', () => {
    const line =
      '{"type":"RECORD","record":{"data":{},"stream":"a","emitted_at":1,"file_reference":{"namespace":1}}}\n';
    const { text } = pipe(Buffer.from(line), [mapping({ name: 'a' }, { name: 'x', namespace: 'n' })]);
    expect(JSON.parse(text).record).toMatchObject({ stream: 'x', namespace: 'n', file_reference: { namespace: 1 } });
  });

  it('takes a byte order of keys with escapes, and duplicate keys as JSON.parse does', () => {
    const odd = '{"ty\\u0070e":"RECORD","record":{"stream":"b","stream":"a","emitted_at":1,"data":{"n":1.50}}}\n';
    const { text } = pipe(Buffer.from(odd), [mapping({ name: 'a' }, { name: 'x', namespace: 'n' })]);
    expect(JSON.parse(text).record).toMatchObject({ stream: 'x', namespace: 'n' });
    expect(text).toContain('{"n":1.50}');
  });
});

describe('states on their way', () => {
  const source = { name: 'a', namespace: 'n' };
  const routes = new StreamRoutes([
    mapping(source, { name: 'p_a', namespace: 'RAW' }),
    mapping({ name: 'b' }, { name: 'p_b' }),
  ]);

  it('keeps every field and digit, and comes back under the source names', () => {
    const text =
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a","namespace":"n"},"stream_state":{"lsn":12345678901234567890}},"sourceStats":{"recordCount":3.0},"id":7}}';
    const { line } = mapSourceState(text, routes);
    expect(line).toBe(`${text.replace('"name":"a","namespace":"n"', '"name":"p_a","namespace":"RAW"')}\n`);
    const back = readAcknowledgedState(line, routes);
    expect(back.streams[0]!.route.source).toEqual(source);
    expect(stringifyLossless(back.streams[0]!.state)).toBe('{"lsn":12345678901234567890}');
  });

  it('maps each stream of a GLOBAL state', () => {
    const part = (name: string): string => `{"stream_descriptor":{"name":"${name}"},"stream_state":null}`;
    const text = `{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{"l":1.0},"stream_states":[${part('b')}]}}}`;
    const { line, isGlobal } = mapSourceState(text, routes);
    expect(isGlobal).toBe(true);
    expect(line).toContain('"name":"p_b"');
    expect(readAcknowledgedState(line, routes)).toMatchObject({ type: 'GLOBAL', shared: parseLossless('{"l":1.0}') });
  });

  it('any stream_state comes back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (state) => {
        const body = { type: 'STREAM', stream: { stream_descriptor: source, stream_state: state } };
        const { line } = mapSourceState(JSON.stringify({ type: 'STATE', state: body }), routes);
        expect(JSON.parse(stringifyLossless(readAcknowledgedState(line, routes).streams[0]!.state))).toEqual(
          JSON.parse(JSON.stringify(state)),
        );
      }),
    );
  });
});
