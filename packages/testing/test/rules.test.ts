import type { AirbyteCatalog, AirbyteMessage, ConfiguredStream, JsonObject } from '@cuttle/protocol';
import type { RunResult } from '../src/harness/run-command.js';
import { slowCases } from '../src/security/regex-suite.js';
import { echoesOf, leaksIn } from '../src/security/secret-forms.js';
import { catalogBreaks, keyProblems, streamProblems, typeProblems } from '../src/source/catalog-rules.js';
import { readProblems } from '../src/source/read-rules.js';
import { specBreaks } from '../src/spec/spec-breaks.js';
import {
  helpProblems,
  keywordProblems,
  layoutProblems,
  oneOfProblems,
  secretProblems,
  shapeProblems,
} from '../src/spec/spec-rules.js';

/** Each rule of the suites is shown to see what it is there for: a suite that sees nothing passes everything. */
const field = (more: JsonObject = {}): JsonObject => ({
  type: 'string',
  title: 'T',
  description: 'D',
  examples: ['x'],
  ...more,
});
const specOf = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });

describe('rules of specs', () => {
  it.each([
    ['a keyword', keywordProblems, specOf({ a: { ...field(), anyOf: [] } })],
    ['variants without a constant', oneOfProblems, specOf({ a: { type: 'object', oneOf: [specOf({ b: field() })] } })],
    [
      'a constant with a default',
      oneOfProblems,
      specOf({ a: { type: 'object', oneOf: [specOf({ b: { const: 'x', default: 'x' } })] } }),
    ],
    ['an enum that repeats', shapeProblems, specOf({ a: field({ enum: ['x', 'x'] }) })],
    ['an array of anything', shapeProblems, specOf({ a: { type: 'array' } })],
    ['an empty object', shapeProblems, specOf({ a: { type: 'object' } })],
    ['three types', shapeProblems, specOf({ a: { type: ['string', 'integer', 'null'] } })],
    ['a secret that is not marked', secretProblems, specOf({ api_token: field() })],
    ['a nested secret that is not marked', secretProblems, specOf({ a: specOf({ client_secret: field() }) })],
    ['a marked boolean', secretProblems, specOf({ a: { type: 'boolean', airbyte_secret: true } })],
    ['a closed object', layoutProblems, specOf({}, { additionalProperties: false })],
    ['an order taken twice', layoutProblems, specOf({ a: field({ order: 1 }), b: field({ order: 1 }) })],
    ['no title', helpProblems, specOf({ a: { type: 'string', description: 'D', examples: ['x'] } })],
    ['a date without a pattern', helpProblems, specOf({ a: field({ format: 'date' }) })],
  ])('see %s', (_case, rule, schema) => expect(rule(schema)).toHaveLength(1));

  it('have nothing against a good one', () => {
    const good = specOf({
      api_token: field({ airbyte_secret: true, order: 0 }),
      key_style: field({ enum: ['a', 'b'], order: 1 }),
      list: field({ type: 'array', items: { type: 'string' }, order: 2 }),
      login: {
        ...field({ type: 'object' }),
        oneOf: [specOf({ kind: { const: 'a' }, name: field() }), specOf({ kind: { const: 'b' } })],
      },
    });
    const rules = [keywordProblems, oneOfProblems, shapeProblems, secretProblems, layoutProblems];
    expect(rules.flatMap((rule) => rule(good))).toEqual([]);
  });

  it.each([
    ['newly required', specOf({ a: field() }, { required: ['a'] })],
    ['removed', specOf({})],
    ['another type', specOf({ a: field({ type: 'integer' }) })],
    ['a new enum', specOf({ a: field({ enum: ['x'] }) })],
  ])('SPEC-09 sees a break: %s', (_case, current) => {
    expect(specBreaks(specOf({ a: field() }), current)).toHaveLength(1);
  });

  it('SPEC-09 sees a smaller enum and a lost variant, and lets a wider type pass', () => {
    const released = specOf({
      a: field({ enum: ['x', 'y'] }),
      b: { type: 'object', oneOf: [specOf({ k: { const: 1 } })] },
    });
    const current = specOf({ a: field({ enum: ['x'] }), b: { type: 'object', oneOf: [specOf({ k: { const: 2 } })] } });
    expect(specBreaks(released, current)).toHaveLength(2);
    expect(specBreaks(specOf({ a: field() }), specOf({ a: field({ type: ['string', 'null'] }), b: field() }))).toEqual(
      [],
    );
  });
});

describe('rules of catalogs', () => {
  const stream = (properties: JsonObject, more: object = {}) => ({
    name: 's',
    json_schema: specOf(properties),
    supported_sync_modes: ['full_refresh' as const],
    ...more,
  });
  const catalog = (...streams: ReturnType<typeof stream>[]): AirbyteCatalog => ({ streams });
  const text = { type: ['null', 'string'] };

  it.each([
    ['a name that stands twice', streamProblems, catalog(stream({}), stream({}))],
    ['no stream', streamProblems, catalog()],
    ['a reference', streamProblems, catalog(stream({ a: { $ref: '#/x' } }))],
    ['a key that is not there', keyProblems, catalog(stream({}, { source_defined_primary_key: [['id']] }))],
    [
      'a key that is an object',
      keyProblems,
      catalog(stream({ id: { type: 'object' } }, { source_defined_primary_key: [['id']] })),
    ],
    ['a cursor that is not there', keyProblems, catalog(stream({}, { default_cursor_field: ['at'] }))],
    ['an unknown format', typeProblems, catalog(stream({ a: { ...text, format: 'uri' } }))],
    [
      'an airbyte_type that does not fit',
      typeProblems,
      catalog(stream({ a: { ...text, airbyte_type: 'timestamp_with_timezone' } })),
    ],
  ])('see %s', (_case, rule, found) => expect(rule(found)).toHaveLength(1));

  it('DISC-05 sees what is lost, and lets new fields and null pass', () => {
    const before = catalog(stream({ a: { type: 'string' }, b: text }, { source_defined_primary_key: [['a']] }));
    const after = catalog(stream({ a: { type: 'integer' } }));
    expect(catalogBreaks(before, after)).toHaveLength(3);
    expect(catalogBreaks(before, catalog())).toHaveLength(1);
    const wider = stream(
      { a: { type: ['string', 'null'] }, b: text, c: text },
      { source_defined_primary_key: [['a']] },
    );
    expect(catalogBreaks(before, catalog(wider))).toEqual([]);
  });
});

describe('rules of a read', () => {
  const streams = [{ stream: { name: 's' } }] as unknown as readonly ConfiguredStream[];
  const status = (name: string) =>
    ({
      type: 'TRACE',
      trace: {
        type: 'STREAM_STATUS',
        emitted_at: 1,
        stream_status: { stream_descriptor: { name: 's' }, status: name },
      },
    }) as AirbyteMessage;
  const record = { type: 'RECORD', record: { stream: 's', data: { a: 1 }, emitted_at: 1 } } as AirbyteMessage;
  const state = (recordCount: number) =>
    ({
      type: 'STATE',
      state: {
        type: 'STREAM',
        stream: { stream_descriptor: { name: 's' }, stream_state: { n: 1 } },
        sourceStats: { recordCount },
      },
    }) as AirbyteMessage;
  const problems = (messages: readonly AirbyteMessage[], exitCode = 0) =>
    readProblems(
      { exitCode, rest: '', messages: messages.map((message) => ({ message, atMs: 0 })) } as unknown as RunResult,
      streams,
    );
  const [started, running, complete] = ['STARTED', 'RUNNING', 'COMPLETE'].map(status) as [
    AirbyteMessage,
    AirbyteMessage,
    AirbyteMessage,
  ];

  it('have nothing against a good one', () => {
    expect(problems([started, running, record, state(1), complete])).toEqual([]);
  });

  it.each([
    ['R-05 a record before RUNNING', [started, record, running, state(1), complete], 0],
    ['R-05 a record behind the end', [started, running, state(0), complete, record, state(1)], 0],
    ['R-05 COMPLETE without a start', [complete], 0],
    ['R-06 a wrong count', [started, running, record, state(2), complete], 0],
    ['R-06 no state', [started, running, complete], 0],
    ['R-06 records behind the last state', [started, running, state(0), record, complete], 0],
    ['C-01 exit 0 of an unfinished stream', [started, running], 0],
    ['C-01 exit 1 without a word', [started, running, state(0), complete], 1],
  ])('see %s', (_case, messages, exitCode) => expect(problems(messages, exitCode).length).toBeGreaterThan(0));
});

describe('rules of secrets and expressions', () => {
  it('X-01 sees every form of a secret that an answer repeats, and its beginning', () => {
    const secret = 'sEcret"x/y+z=%&-0123456789';
    for (const echo of echoesOf(secret))
      expect([echo, leaksIn(`a ${echo} b`, [secret]).length > 0]).toEqual([echo, true]);
    expect(leaksIn(`cut off: ${secret.slice(0, 14)}`, [secret])).toHaveLength(1);
    expect(leaksIn('nothing to see: ****', [secret])).toEqual([]);
  });

  it.each([/\/+$/, /_(a|b)_(.+)$/, /^(\s*\w+\s*)*$/, /"x"\s*\s*:/])('X-10 sees that %s is slow', (regex) =>
    expect(slowCases(regex, 'here').length).toBeGreaterThan(0));

  it('X-10 lets linear ones pass', () => {
    const linear = [/^\d{4}-\d{2}$/, /_[a-z]+$/s, /"state"\s*:/];
    expect(linear.flatMap((regex) => slowCases(regex, 'here'))).toEqual([]);
  });
});
