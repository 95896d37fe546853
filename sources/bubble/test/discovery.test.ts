import type { AirbyteCatalog } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import { nameFields } from '../src/discovery/names.js';
import { configFor, configured, discover, fetchThings, read, run } from './run-bubble.js';

describe('discovery', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 4, orders: 3 });
    sandbox.control.run('bubble.wide');
  });
  afterEach(() => sandbox.close());

  const namesOf = ({ streams }: AirbyteCatalog) => streams.map(({ name }) => name);
  const fieldsOf = ({ streams }: AirbyteCatalog, name: string) =>
    streams.find((stream) => stream.name === name)!.json_schema['properties'] as Record<string, { type: string[] }>;

  it('BUB-07 falls from meta to swagger to samples of the named types (naive variant: meta alone finds nothing)', async () => {
    const config = configFor(sandbox);
    const byMeta = await discover(config);
    expect(namesOf(byMeta)).toEqual(['category', 'empty', 'novel', 'order', 'rentalunit', 'user']);
    const { settings } = sandbox.bubble.app;
    settings.isMetaOn = false;
    const bySwagger = await discover(config);
    expect(namesOf(bySwagger)).toEqual(namesOf(byMeta));
    expect(fieldsOf(bySwagger, 'rentalunit')['Rates']).toEqual({
      type: ['array', 'null'],
      items: { type: ['number', 'null'] },
    });
    settings.isSwaggerOn = false;
    const refused = await run('discover', { config });
    expect([refused.exitCode, refused.text.includes('config_error'), refused.text.includes('types')]).toEqual([
      1,
      true,
      true,
    ]);
    const bySample = await discover(configFor(sandbox, { types: ['novel', 'Rental Unit', 'empty'] }));
    expect(namesOf(bySample)).toEqual(['empty', 'novel', 'rentalunit']);
    expect(fieldsOf(bySample, 'novel')).toEqual(fieldsOf(byMeta, 'novel'));
    expect(fieldsOf(bySample, 'rentalunit')['Late field']).toEqual({ type: ['string', 'null'] });
    expect(Object.keys(fieldsOf(bySample, 'empty'))).toEqual([
      '_id',
      'Created Date',
      'Modified Date',
      'Created By',
      'Slug',
    ]);
  });

  it('DISC-06 two runs give the same bytes', async () => {
    const config = configFor(sandbox);
    expect(JSON.stringify(await discover(config))).toBe(JSON.stringify(await discover(config)));
  });

  it('BUB-08 hard names arrive as they are and two that collide stay apart (naive variant: sanitising makes them one column)', async () => {
    const catalog = await discover(configFor(sandbox));
    const names = Object.keys(fieldsOf(catalog, 'rentalunit'));
    for (const name of ['Unit Name', '100% off (max)', '2nd owner', '🏠 Address', 'is_paid', 'Is Paid?_65ecf4']) {
      expect(names).toContain(name);
    }
    const { records } = await read(configFor(sandbox), [configured('rentalunit')]);
    expect(records[0]).toMatchObject({ is_paid: false, 'Is Paid?_65ecf4': true, '100% off (max)': 12.5 });
    const sanitise = (name: string) =>
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/_$/, '');
    expect(sanitise('Is Paid?')).toBe(sanitise('is_paid'));
    expect(new Set(names.map(sanitise)).size).toBe(names.length);
  });

  it('BUB-08 a name does not depend on the order of fields or on later ones that do not collide', () => {
    const name = (...keys: string[]) =>
      Object.fromEntries(
        nameFields(
          keys.map((key) => ({ key, type: 'text' })),
          new Set(['_id', 'Created Date']),
        ).map((field) => [field.key, field.name]),
      );
    expect(name('Is Paid?', 'is_paid')).toEqual(name('is_paid', 'Is Paid?'));
    expect(name('IS PAID')).toEqual({ 'IS PAID': 'IS PAID' });
    expect(name('_id', 'ID', 'id')).toMatchObject({ _id: '_id', id: 'id' });
    expect(name('Created Date', 'created_date')['Created Date']).toBe('Created Date');
    expect(name('Created Date', 'created_date')['created_date']).toMatch(/^created_date_[0-9a-f]{6}$/);
    expect(name('?', '!')).toEqual(name('!', '?'));
  });

  it('BUB-16 id mode: types from the suffixes (naive variant: the value of an image is only a text)', async () => {
    const { settings } = sandbox.bubble.app;
    Object.assign(settings, { keyStyle: 'id', isMetaOn: false, isSwaggerOn: false });
    const config = configFor(sandbox, { key_style: 'id', types: ['rentalunit'], dates: 'timestamp' });
    const fields = fieldsOf(await discover(config), 'rentalunit');
    expect(fields).toMatchObject({
      unit_name_text: { type: ['string', 'null'] },
      is_paid__boolean: { type: ['boolean', 'null'] },
      '100_off_max__number': { type: ['number', 'null'] },
      _address_geographic_address: { type: ['object', 'null'] },
      neighbours_list_custom_rentalunit: { type: ['array', 'null'], items: { type: ['string', 'null'] } },
      tags_list_option_os_unit_tag: { type: ['array', 'null'], items: { type: ['string', 'null'] } },
      available_from_date: { format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
    });
    const { records } = await read(config, [configured('rentalunit')]);
    expect(records[0]).toMatchObject({
      photo_image: 'https://cdn.bubble.example/f1711958400000x1/unit a.jpg',
      status_option_os_unit_status: 'n_o_iniciada',
    });
    const [row] = await fetchThings(sandbox, 'rentalunit', { limit: '1' });
    expect(typeof row!['photo_image']).toBe('string');
  });

  it('reads version-test apart from live', async () => {
    const live = await read(configFor(sandbox), [configured('user')]);
    const test = await read(configFor(sandbox, { environment: 'version-test' }), [configured('user')]);
    expect(test.ids.length).toBeGreaterThan(0);
    expect(test.ids.some((id) => live.ids.includes(id))).toBe(false);
  });
});
