import type { ConfiguredCatalog } from '@cuttle/protocol';
import fc from 'fast-check';
import { MessageRouter, type MessageSink } from '../../src/destination/message-router.js';

const STREAMS = [
  { name: 'users' },
  { name: 'users', namespace: 'n' },
  { name: 'meta' },
  { name: 'we"ird\n', namespace: 'ü' },
];
const catalog: ConfiguredCatalog = {
  streams: STREAMS.map((stream) => ({
    stream: { ...stream, json_schema: {}, supported_sync_modes: ['full_refresh'] },
    sync_mode: 'full_refresh',
    destination_sync_mode: 'append',
  })),
};

/** A router, and what it made of the last line: the stream's place and the data's text. */
class Routed {
  #last: readonly [number, string] | undefined;
  readonly #router = new MessageRouter(catalog, {
    record: (stream, { buffer, dataStart, dataEnd }) => {
      this.#last = [stream, buffer.toString('utf8', dataStart, dataEnd)];
    },
    state: () => undefined,
    status: () => undefined,
    warn: () => undefined,
  } satisfies MessageSink);

  /** Undefined when the line is refused. Lines lie between others, as in a chunk of input. */
  of(line: string): readonly [number, string] | undefined {
    const buffer = Buffer.from(`"}}\n${line}\n{"type":"RECORD"}}`);
    this.#last = undefined;
    try {
      this.#router.route(buffer, 4, 4 + Buffer.byteLength(line), 1);
    } catch {
      return undefined;
    }
    return this.#last;
  }
}

/** Texts of records that look like parts of an envelope. */
const HOSTILE = [
  '},"emitted_at":5}}',
  '"},"emitted_at":5}}',
  '\\"},\\"emitted_at\\":5}}',
  '","stream":"meta","data":{',
  '"namespace":"n"',
  '\\',
  '\\"',
  '"meta":{"changes":[]}',
  '"type":"RECORD"',
];
const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 8 }));
const key = fc.oneof(fc.constantFrom('meta', 'changes', 'stream', 'emitted_at', 'data', 'type', 'field', 'a'), text);
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(null, true, {}, [], { changes: [] }, { changes: [{ field: 'a', change: 'NULLED', reason: 'x' }] }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
})).value;
const data = fc.dictionary(key, value, { maxKeys: 4 }).filter((object) => !('__proto__' in object));

const meta = fc.constantFrom(
  undefined,
  null,
  {},
  { changes: [] },
  { changes: [{ field: 'meta', change: 'NULLED', reason: 'SOURCE_RETRIEVAL_ERROR' }] },
);
const emittedAt = fc.constantFrom(17, 1_763_596_800_000, 1_763_596_800_000.25, 0);
const record = fc.record({ place: fc.nat({ max: STREAMS.length - 1 }), data, meta, emittedAt });

/** How a sender writes: the order of keys, and what stands behind colons and commas. */
interface Style {
  readonly order: readonly string[];
  readonly isTypeFirst: boolean;
  readonly colon: string;
  readonly comma: string;
  readonly writesNull: boolean;
}
const style: fc.Arbitrary<Style> = fc.record({
  order: fc.shuffledSubarray(['stream', 'namespace', 'data', 'emitted_at', 'meta'], { minLength: 5 }),
  isTypeFirst: fc.boolean(),
  colon: fc.constantFrom(':', ': ', ' :\t'),
  comma: fc.constantFrom(',', ', ', '\r ,'),
  writesNull: fc.boolean(),
});

function write(content: unknown, how: Style): string {
  if (Array.isArray(content)) return `[${content.map((item) => write(item, how)).join(how.comma)}]`;
  if (typeof content !== 'object' || content === null) return JSON.stringify(content);
  const members = Object.entries(content).map(
    ([name, member]) => `${JSON.stringify(name)}${how.colon}${write(member, how)}`,
  );
  return `{${members.join(how.comma)}}`;
}

interface Parts {
  readonly place: number;
  readonly data: unknown;
  readonly meta: unknown;
  readonly emittedAt: number;
}

function lineOf(parts: Parts, how: Style): string {
  const { name, namespace } = STREAMS[parts.place] as (typeof STREAMS)[number];
  const all: Record<string, unknown> = {
    stream: name,
    namespace: namespace ?? (how.writesNull ? null : undefined),
    data: parts.data,
    emitted_at: parts.emittedAt,
    meta: parts.meta,
  };
  const members = how.order.filter((member) => all[member] !== undefined).map((member) => [member, all[member]]);
  const outer = [
    ['type', 'RECORD'],
    ['record', Object.fromEntries(members)],
  ];
  return write(Object.fromEntries(how.isTypeFirst ? outer : outer.toReversed()), how);
}

/** In our own order the span takes in a meta that alone stands behind the data. */
function takesInMeta({ data: content, meta: note }: Parts, line: string): boolean {
  const { record: found, type } = JSON.parse(line);
  const keys = Object.keys(found);
  expect([type, found.data]).toEqual(['RECORD', JSON.parse(JSON.stringify(content))]);
  const isLast = keys.at(-1) === 'meta' && keys.at(-2) === 'data';
  return isLast && keys.includes('emitted_at') && note !== undefined && line.trimStart().startsWith('{"type"');
}

describe('RecordForms', () => {
  it('finds what JSON.parse finds in every order of keys, whatever the data holds and whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(record, style), { minLength: 1, maxLength: 6 }), (lines) => {
        const router = new Routed();
        // Twice: forms are learned first, and then compared with.
        for (const [parts, how] of [...lines, ...lines]) {
          const line = lineOf(parts, how);
          const found = router.of(line);
          expect([line, found]).toEqual([line, new Routed().of(line)]);
          const span = found?.[1] ?? '';
          expect([line, found?.[0]]).toEqual([line, parts.place]);
          expect(JSON.parse(takesInMeta(parts, line) ? `{"data":${span}}` : `{"meta":0,"data":${span}}`).data).toEqual(
            JSON.parse(JSON.stringify(parts.data)),
          );
          if (!takesInMeta(parts, line)) expect(() => JSON.parse(span)).not.toThrow();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('sees no difference between a line whose form it knows and one that it does not', () => {
    const router = new Routed();
    router.of('{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"emitted_at":5}}');
    router.of('{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"meta":{"changes":[]},"emitted_at":5}}');
    for (const line of ODD) expect([line, router.of(line)]).toEqual([line, new Routed().of(line)]);
  });

  it('leaves keys that come twice or are escaped to the walk, of which the last counts', () => {
    const twice = [
      '{"type":"RECORD","record":{"stream":"users","namespace":null,"data":{"a":1},"stream":"meta","emitted_at":5}}',
      '{"type":"RECORD","record":{"stream":"users","namespace":"n","data":{"a":1},"namespace":null,"stream":"meta"}}',
      '{"type":"RECORD","record":{"stream":"users","str\u0065am":"meta","data":{"a":1},"emitted_at":5}}',
      '{"type":"RECORD","record":{"stream":"users","data":{"a":1},"str\u0065am":"meta","emitted_at":5}}',
    ];
    for (const line of twice) expect([line, new Routed().of(line)?.[0]]).toEqual([line, 2]);
  });

  it('tells streams of one name apart by a namespace, wherever it stands', () => {
    const router = new Routed();
    const lines = [
      ['{"type":"RECORD","record":{"namespace":"n","stream":"users","data":{},"emitted_at":5}}', 1],
      ['{"type":"RECORD","record":{"stream":"users","data":{},"namespace":"n","emitted_at":5}}', 1],
      ['{"type":"RECORD","record":{"stream":"users","data":{},"namespace":"n","file":{},"emitted_at":5}}', 1],
      ['{"type":"RECORD","record":{"stream":"users","data":{},"namespace":"","emitted_at":5}}', 0],
      ['{"type":"RECORD","record":{"stream":"users","data":{},"emitted_at":5}}', 0],
    ] as const;
    for (const [line, place] of [...lines, ...lines]) expect([line, router.of(line)?.[0]]).toEqual([line, place]);
  });

  it('refuses what is no message, also when its ends look like those of a record', () => {
    const whole = '{"type": "RECORD", "record": {"stream": "meta", "data": {"a": {"b": 1}}, "emitted_at": 5}}';
    const router = new Routed();
    expect(router.of(whole)?.[0]).toBe(2);
    for (let cut = 1; cut < whole.length; cut += 1) expect(router.of(whole.slice(0, cut))).toBeUndefined();
  });
});

/** Lines with more, fewer or other members than senders write. */
const ODD = [
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"meta":{"changes":[]},"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"meta":{"changes":[{"field":"a"}]},"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"meta":{},"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{},"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"meta":{}},"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"changes":[]},"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"file_reference":{"a":1},"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"emitted_at":-5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"emitted_at":5e3}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"emitted_at":"5"}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"emitted_at":null}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"emitted_at":5},"x":{"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":{"a":1},"emitted_at":5},"x":1}',
  '{"type":"RECORD","record":{"stream":"meta","data":[],"emitted_at":5}}',
  '{"type":"RECORD","record":{"stream":"meta","data":null,"emitted_at":5}}',
  '{"type":"STATE","record":{"stream":"meta","data":{"a":1},"emitted_at":5}}',
];
