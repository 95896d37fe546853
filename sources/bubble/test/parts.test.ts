import fc from 'fast-check';
import { parseMeta } from '../src/discovery/meta.js';
import { typeOfSuffix } from '../src/discovery/suffix.js';
import { packIds, unpackIds } from '../src/packed-ids.js';

describe('packed ids', () => {
  it('give the same set back, whatever the ids (property)', () => {
    const bubbleId = fc
      .tuple(fc.integer({ min: 0, max: 9_999_999_999_999 }), fc.bigInt({ min: 0n, max: 999_999_999_999_999_999n }))
      .map(([time, random]) => `${time}x${random}`);
    const id = fc.oneof(bubbleId, fc.string(), fc.constant('01x1'), fc.constant('1x007'));
    fc.assert(
      fc.property(fc.array(id), (ids) => {
        const packed = packIds(new Set(ids));
        expect(unpackIds(JSON.parse(JSON.stringify(packed)))).toEqual(new Set(ids));
        expect(packIds(new Set([...ids].reverse()))).toEqual(packed);
      }),
    );
  });

  it('take about 19 bytes an id', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `${1_700_000_000_000 + index}x${123456789012345678n}`);
    expect(packIds(ids).packed.length / 1000).toBeLessThan(19.5);
  });
});

describe('typeOfSuffix', () => {
  it.each([
    ['nome_text', 'text'],
    ['duracao_number', 'number'],
    ['data_date', 'date'],
    ['obra_custom_obra', 'custom.obra'],
    ['status_option_os_x', 'option.os_x'],
    ['icon_image', 'image'],
    ['interest_list_custom_category', 'list.custom.category'],
    ['tags_list_option_os_unit_tag', 'list.option.os_unit_tag'],
    ['papers_list_file', 'list.file'],
    ['where_geographic_address', 'geographic_address'],
    ['buyer_user', 'user'],
    ['Slug', undefined],
    ['_id', undefined],
  ])('%s is %s', (id, type) => expect(typeOfSuffix(id)).toBe(type));
});

describe('parseMeta', () => {
  it('takes lists and maps, objects and plain names alike', () => {
    const fields = [{ id: 'a_text', display: 'A', type: 'text' }];
    const wanted = new Map([['thing', [{ key: 'A', type: 'text' }]]]);
    for (const meta of [
      { get: ['thing'], types: { thing: { fields } } },
      { get: ['thing'], types: { thing: { fields: { a_text: { display: 'A', type: 'text' } } } } },
      { types: [{ name: 'thing', fields: [{ key: 'a_text', display_name: 'A', value: 'text' }] }] },
      { get: [{ id: 'thing' }], types: { thing: { fields } } },
    ]) {
      expect(parseMeta(meta, 'display')).toEqual(wanted);
    }
    expect(parseMeta({ get: ['thing'] }, 'display')).toEqual(new Map([['thing', undefined]]));
    for (const meta of [undefined, null, 'html', {}, { get: [] }, []]) expect(parseMeta(meta, 'id')).toBeUndefined();
  });
});
