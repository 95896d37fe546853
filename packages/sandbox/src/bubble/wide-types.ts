import type { BubbleEnvironment } from './app.js';
import { type BubbleType, field } from './schema.js';

const BORN_MS = Date.parse('2024-04-01T08:00:00.000Z');

/** Every kind of field, and names that are hard: spaces, `?`, `%`, emoji, leading digits, two that collide. */
const WIDE_TYPES: readonly BubbleType[] = [
  {
    name: 'rentalunit',
    display: 'Rental Unit',
    fields: [
      field('Unit Name', 'text'),
      field('Is Paid?', 'boolean'),
      field('is_paid', 'boolean', '1'),
      field('100% off (max)', 'number'),
      field('2nd owner', 'user'),
      field('🏠 Address', 'geographic_address'),
      field('Photo', 'image'),
      field('Papers', 'list.file'),
      field('Status', 'option.os_unit_status'),
      field('Tags', 'list.option.os_unit_tag'),
      field('Nicknames', 'list.text'),
      field('Rates', 'list.number'),
      field('Visits', 'list.date'),
      field('Available from', 'date'),
      field('Neighbours', 'list.custom.rentalunit'),
      field('Late field', 'text'),
    ],
  },
  { name: 'hidden', display: 'Hidden', fields: [field('secret', 'text')], isExposed: false },
  { name: 'empty', display: 'Empty', fields: [field('anything', 'text')] },
];

/** Adds the wide types with a few things: full, sparse, with explicit nulls, and one whose last field appears late. */
export function defineWideTypes(environment: BubbleEnvironment): void {
  environment.defineOptions({
    os_unit_status: [
      { slug: 'n_o_iniciada', display: 'Não iniciada' },
      { slug: 'in_use', display: 'In use' },
    ],
    os_unit_tag: [
      { slug: 'sea_view', display: 'Sea view' },
      { slug: 'pets', display: 'Pets 🐕' },
    ],
  });
  for (const type of WIDE_TYPES) environment.define(type);
  const units = environment.table('rentalunit');
  const first = units.insert({ createdMs: BORN_MS, modifiedMs: BORN_MS + 1, slug: 'unit-a', values: fullUnit() });
  units.insert({ createdMs: BORN_MS + 5, modifiedMs: BORN_MS + 5, values: { unit_name_text: 'Unit B' } });
  units.insert({
    createdMs: BORN_MS + 6,
    modifiedMs: BORN_MS + 6,
    values: { unit_name_text: null, '100_off_max__number': null, nicknames_list_text: [] },
  });
  units.insert({
    createdMs: BORN_MS + 7,
    modifiedMs: BORN_MS + 7,
    values: { unit_name_text: 'Unit D', late_field_text: 'late', neighbours_list_custom_rentalunit: [first] },
  });
  environment.table('hidden').insert({ createdMs: BORN_MS, modifiedMs: BORN_MS, values: { secret_text: 'unseen' } });
}

function fullUnit(): Record<string, unknown> {
  return {
    unit_name_text: 'Unit A "quoted"\nsecond line',
    is_paid__boolean: true,
    is_paid1_boolean: false,
    '100_off_max__number': 12.5,
    '2nd_owner_user': '1711270000000x111111111111111111',
    _address_geographic_address: { address: 'Grote Markt 1, Antwerpen', lat: 51.2213, lng: 4.3997 },
    photo_image: '//cdn.bubble.example/f1711958400000x1/unit a.jpg',
    papers_list_file: ['//cdn.bubble.example/f1x1/deed.pdf', 'https://files.example/plan.pdf'],
    status_option_os_unit_status: 'n_o_iniciada',
    tags_list_option_os_unit_tag: ['sea_view', 'pets'],
    nicknames_list_text: ['The Nest', ''],
    rates_list_number: [1, 2.5, -3],
    visits_list_date: [BORN_MS, BORN_MS + 86_400_000],
    available_from_date: BORN_MS + 123,
  };
}
