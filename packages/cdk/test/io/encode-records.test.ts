import fc from 'fast-check';
import { encodeObjects, encodeRaw, encodeTexts } from '../../src/io/encode-records.js';
import { rawPage } from '../../src/io/raw-page.js';
import { recordTarget } from '../../src/io/record-target.js';

function targetOf(key?: string[][], namespace?: string) {
  return recordTarget({
    stream: { name: 'or"ders', namespace, json_schema: {}, supported_sync_modes: ['full_refresh'] },
    sync_mode: 'incremental',
    destination_sync_mode: key === undefined ? 'append' : 'append_dedup',
    primary_key: key ?? null,
  });
}

const HEAD_TIME = 1_700_000_000_000;
const headOf = (target: ReturnType<typeof targetOf>) => target.prefix.head + HEAD_TIME + target.prefix.tail;
const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), { maxLength: 20 });

describe('record lanes', () => {
  it('encode the same records to the same valid lines (property)', () => {
    fc.assert(
      fc.property(records, fc.option(fc.string()), (rows, namespace) => {
        const target = targetOf(undefined, namespace ?? undefined);
        const head = headOf(target);
        const texts = rows.map((row) => JSON.stringify(row));
        const objectLines = [...encodeObjects(target, head, rows)].join('');
        const raw = rawPage(Buffer.from(`{"results":${JSON.stringify(rows, null, 2)},"x":[]}`), 'results');
        const rawLines = Buffer.concat([...encodeRaw(target, head, raw)]).toString();
        expect([...encodeTexts(target, head, texts)].join('')).toBe(objectLines);
        const parse = (lines: string) =>
          lines
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line));
        const wanted = texts.map((text) => ({
          type: 'RECORD',
          record: {
            stream: 'or"ders',
            ...(namespace === null ? {} : { namespace }),
            emitted_at: HEAD_TIME,
            data: JSON.parse(text),
          },
        }));
        expect(parse(objectLines)).toEqual(wanted);
        expect(parse(rawLines)).toEqual(wanted);
      }),
    );
  });

  it.each([
    [{}],
    [null],
    [[1]],
    ['text'],
    [undefined],
    [{ big: 1n }],
  ])('refuses a record that the platform would drop, naming the stream: %p', (record) => {
    const target = targetOf();
    expect(() => [...encodeObjects(target, headOf(target), [record as never])]).toThrow(/stream "or"ders"/);
  });

  it('refuses a record whose key is null throughout under append_dedup, in every lane', () => {
    const target = targetOf([['id'], ['line', 'no']]);
    const head = headOf(target);
    const good = [{ id: 1 }, { a: {}, line: { no: 0 } }, { a: [{ id: null }], id: 'x' }];
    const bad = [{ id: null }, { a: 1 }, { id: null, nested: { id: 1 } }, { text: '"id":1' }, { line: { no: null } }];
    const raw = (rows: object[]) => rawPage(Buffer.from(JSON.stringify(rows)));
    const text = (rows: object[]) => rows.map((row) => JSON.stringify(row));
    expect(() => [...encodeObjects(target, head, good)]).not.toThrow();
    expect(() => [...encodeTexts(target, head, text(good))]).not.toThrow();
    expect(() => [...encodeRaw(target, head, raw(good))]).not.toThrow();
    for (const row of bad) {
      const wanted = /primary key \(id, line\.no\)/;
      expect(() => [...encodeObjects(target, head, [row])]).toThrow(wanted);
      expect(() => [...encodeTexts(target, head, text([row]))]).toThrow(wanted);
      expect(() => [...encodeRaw(target, head, raw([row]))]).toThrow(wanted);
    }
  });

  it('raw and text lanes keep digits that a number cannot hold', () => {
    const target = targetOf();
    const row = '{"n":9007199254740993,"x":50000.0000000000000001}';
    expect([...encodeTexts(target, headOf(target), [row])].join('')).toContain(row);
    const raw = rawPage(Buffer.from(`[${row}]`));
    expect(Buffer.concat([...encodeRaw(target, headOf(target), raw)]).toString()).toContain(row);
  });

  it('cuts a huge page into chunks of whole lines', () => {
    const target = targetOf();
    const rows = Array.from({ length: 3000 }, (_, id) => ({ id, text: 'x'.repeat(1000) }));
    const chunks = [...encodeObjects(target, headOf(target), rows)];
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.every((chunk) => chunk.endsWith('}}\n') && chunk.length < 1_048_576)).toBe(true);
  });

  it.each([
    ['[{"a":1}'],
    ['[{"a":"}]'],
    ['{"x":1}'],
    ['[1,2]'],
    ['[{"a":1},"b"]'],
    ['[{"a":1},null]'],
    ['[{"a":[1}]'],
    ['[{"a":"\\"}]'],
  ])('a raw page whose boundaries do not close is an error: %s', (text) => {
    expect(() => rawPage(Buffer.from(text))).toThrow(/cannot be split/);
  });
});
