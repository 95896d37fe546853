import fc from 'fast-check';
import { fitName, fitSchema, mapNames } from '../src/table-names.js';

const rules = { maxLength: 20, spell: (name: string) => name, fold: (name: string) => name.toLowerCase() };
const name = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('a', 'A', 'id', 'ID', 'Id', '_meta', '_META', 'x'.repeat(30), 'X'.repeat(30)),
);

describe('mapNames', () => {
  it('gives each name an identifier of its own that the warehouse keeps apart, the same on every run', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          name.filter((text) => !text.includes('\0')),
          { maxLength: 30 },
        ),
        (names) => {
          const first = mapNames(names, rules, ['_meta'], new Set());
          const identifiers = [...first.values()];
          expect(first.size).toBe(names.length);
          expect(new Set(identifiers.map(rules.fold)).size).toBe(names.length);
          expect(identifiers.map(rules.fold)).not.toContain('_meta');
          for (const identifier of identifiers) expect([...identifier].length).toBeLessThanOrEqual(20);
          const existing = new Set(identifiers);
          expect(mapNames([...names].reverse(), rules, ['_meta'], existing)).toEqual(first);
        },
      ),
    );
  });

  it('leaves the plain form to the name that has it in the table', () => {
    expect(mapNames(['ID', 'Id'], rules, [], new Set()).get('ID')).toBe('ID');
    const kept = mapNames(['ID', 'Id'], rules, [], new Set(['Id']));
    expect(kept.get('Id')).toBe('Id');
    expect(kept.get('ID')).toMatch(/^ID_[0-9a-f]{8}$/);
  });
});

describe('fitName', () => {
  it('counts characters, not code units, and refuses NUL', () => {
    expect([...fitName('😀'.repeat(30), rules)]).toHaveLength(20);
    expect(fitName('😀'.repeat(20), rules)).toBe('😀'.repeat(20));
    expect(() => fitName('a\0b', rules)).toThrow('NUL');
  });
});

describe('names that no UTF-8 can hold', () => {
  it('are made well-formed before they are mapped, and stay apart', () => {
    const names = ['a\ud800', 'a\udc00', 'a\ufffd'];
    const mapped = mapNames(names, rules, [], new Set());
    expect(new Set(mapped.values()).size).toBe(3);
    for (const identifier of mapped.values()) expect(identifier.isWellFormed()).toBe(true);
    expect(mapNames([...names].reverse(), rules, [], new Set(mapped.values()))).toEqual(mapped);
  });
});

describe('fitSchema', () => {
  const own = { ...rules, reservedSchemas: new Set(['temp']) };

  it('puts a hash behind a name that the warehouse keeps for itself, in any case, and behind no other', () => {
    expect(fitSchema('temp', own)).toMatch(/^temp_[0-9a-f]{8}$/);
    expect(fitSchema('TEMP', own)).toMatch(/^TEMP_[0-9a-f]{8}$/);
    expect([fitSchema('temp_', own), fitSchema('temp', rules)]).toEqual(['temp_', 'temp']);
  });
});
