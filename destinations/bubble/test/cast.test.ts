import { hasValues, mapRecord } from '../src/cast.js';
import type { Cast } from '../src/config.js';

const mapped = (value: unknown, cast: Cast) =>
  mapRecord({ a: value } as never, [{ from: 'a', to: 'b', cast, on_null: 'skip' }])['b'];

describe('mapRecord', () => {
  it.each<[Cast, unknown, unknown]>([
    ['text', 5, '5'],
    ['text', { a: 1 }, '{"a":1}'],
    ['number', '1.50', 1.5],
    ['number', -0.5, -0.5],
    ['date', '2024-03-24 12:31:53', '2024-03-24T12:31:53.000Z'],
    ['date', '2024-03-24T12:31:53+02:00', '2024-03-24T10:31:53.000Z'],
    ['date', '2024-03-24', '2024-03-24T00:00:00.000Z'],
    ['date', 0, '1970-01-01T00:00:00.000Z'],
    ['yes-no', 'Yes', true],
    ['yes-no', 0, false],
    ['geo', 'Ghent', { address: 'Ghent' }],
    ['list', '["a"]', ['a']],
    ['thing-ref', '1711x1', '1711x1'],
  ])('%s: %j becomes %j', (cast, value, expected) => expect(mapped(value, cast)).toEqual(expected));

  it.each<[Cast, unknown]>([
    ['number', 'many'],
    ['number', ''],
    ['number', '9007199254740993'],
    ['date', 'soon'],
    ['date', 'chapter 5'],
    ['date', '2024-02-31x'],
    ['date', 1e20],
    ['date', true],
    ['yes-no', 'maybe'],
    ['geo', 5],
    ['list', 'a'],
  ])('%s: %j is refused, naming the field and not the value', (cast, value) => {
    expect(() => mapped(value, cast)).toThrow(/^a is (n|a whole number beyond)/);
  });
});

describe('a value without a cast', () => {
  it('is sent as it is; infinity, which would be sent as null, is refused', () => {
    const field = { from: 'a', to: 'b', on_null: 'clear' } as const;
    expect(mapRecord({ a: [1] }, [field])).toEqual({ b: [1] });
    expect(() => mapRecord(JSON.parse('{"a":1e999}'), [field])).toThrow('a is too large for a number');
  });
});

describe('hasValues', () => {
  it('takes what Bubble adds to an object for the same, and a change of a part for another', () => {
    const thing = { _id: 'x', place: { address: 'Ghent', lat: 51.05, lng: 3.72 }, none: null };
    expect(hasValues(thing, { place: { address: 'Ghent' }, none: [] })).toBe(true);
    expect(hasValues(thing, { place: { address: 'Bruges' } })).toBe(false);
  });

  it('takes empty and null for the same, and dates by their time', () => {
    const thing = { _id: 'x', when: '2024-03-24T12:31:53.000Z', list: ['a'] };
    expect(hasValues(thing, { when: '2024-03-24T12:31:53Z', gone: null, list: ['a'] })).toBe(true);
    expect(hasValues(thing, { list: ['b'] })).toBe(false);
    expect(hasValues(thing, { when: null })).toBe(false);
  });
});
