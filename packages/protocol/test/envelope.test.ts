import fc from 'fast-check';
import { recordHead, recordPrefix, scanEnvelope, textOf } from '../src/index.js';

/** A JSON text of an object with its keys in a given order and white space between all tokens. */
function spaced(members: readonly (readonly [string, string])[], space: string): string {
  const texts = members.map(([key, value]) => `${space}${JSON.stringify(key)}${space}:${space}${value}${space}`);
  return `{${texts.join(',')}}`;
}

const spaces = fc.stringMatching(/^[ \t\r]{0,3}$/);

describe('scanEnvelope', () => {
  it('finds stream, namespace and data in any key order, as JSON.parse does', () => {
    const message = fc.record({
      stream: fc.string({ unit: 'binary' }),
      namespace: fc.option(fc.string()),
      data: fc.dictionary(fc.string(), fc.jsonValue()),
      extra: fc.jsonValue(),
    });
    fc.assert(
      fc.property(message, fc.integer({ min: 0, max: 23 }), spaces, (parts, order, space) => {
        const record = shuffled(
          Object.entries(parts).map(([key, value]) => [key, JSON.stringify(value)] as const),
          order,
        );
        const outer = shuffled(
          [
            ['type', '"RECORD"'],
            ['record', spaced(record, space)],
            ['more', '[1,{"a":"}"}]'],
          ] as const,
          order,
        );
        const text = `before${spaced(outer, space)}`;
        const buffer = Buffer.from(text);
        const envelope = scanEnvelope(buffer, 6, buffer.length);
        expect(envelope?.type).toBe('RECORD');
        expect(textOf(buffer, envelope?.stream as never)).toBe(parts.stream.toWellFormed());
        expect(envelope?.namespace && textOf(buffer, envelope.namespace)).toBe(
          parts.namespace?.toWellFormed() ?? undefined,
        );
        const data = buffer.toString('utf8', envelope?.data?.start, envelope?.data?.end);
        expect(JSON.parse(data)).toEqual(JSON.parse(JSON.stringify(parts.data)));
      }),
    );
  });

  it('never follows text that JSON.parse refuses', () => {
    const whole = '{"type":"RECORD","record":{"stream":"a","data":{"b":[1,"]}"]},"emitted_at":1}}';
    fc.assert(
      fc.property(fc.integer({ min: 1, max: whole.length - 1 }), (cut) => {
        const buffer = Buffer.from(whole.slice(0, cut));
        expect(scanEnvelope(buffer, 0, buffer.length)).toBeUndefined();
      }),
    );
    for (const text of ['', '[]', '5', '{"type":"RECORD"}x', '{"type":"RECORD","record":{"stream":"a" "data":{}}}']) {
      const buffer = Buffer.from(text);
      expect([text, scanEnvelope(buffer, 0, buffer.length)]).toEqual([text, undefined]);
    }
  });

  it('leaves escaped keys to JSON.parse', () => {
    const buffer = Buffer.from('{"\\u0074ype":"RECORD"}');
    expect(scanEnvelope(buffer, 0, buffer.length)).toBeUndefined();
  });

  it('takes a null namespace as none', () => {
    const buffer = Buffer.from('{"type":"RECORD","record":{"namespace":null,"stream":"a","data":{}}}');
    expect(scanEnvelope(buffer, 0, buffer.length)?.namespace).toBeUndefined();
    const twice = Buffer.from('{"type":"RECORD","record":{"namespace":"n","stream":"a","data":{},"namespace":null}}');
    expect(scanEnvelope(twice, 0, twice.length)?.namespace).toBeUndefined();
  });
});

describe('recordPrefix', () => {
  it('makes lines that begin with recordHead and parse', () => {
    for (const stream of [{ name: 'a"b' }, { name: 'a', namespace: 'n\n' }]) {
      const { head, tail } = recordPrefix(stream);
      const line = `${head}5${tail}{"x":1}}}`;
      expect(line.startsWith(recordHead(stream))).toBe(true);
      expect(JSON.parse(line).record).toEqual({
        stream: stream.name,
        ...(stream.namespace ? { namespace: stream.namespace } : {}),
        emitted_at: 5,
        data: { x: 1 },
      });
    }
  });
});

function shuffled<T>(items: readonly T[], order: number): readonly T[] {
  const rest = [...items];
  const result: T[] = [];
  let seed = order;
  while (rest.length > 0) {
    result.push(...rest.splice(seed % rest.length, 1));
    seed = Math.floor(seed / 2) + 1;
  }
  return result;
}
