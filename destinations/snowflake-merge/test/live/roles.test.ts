import { complete, errorsOf, messagesOf, record, state, streamOf, TestWarehouse } from '@cuttle/testing';
import { setting } from './account.js';
import { liveLane } from './lane.js';
import { liveProfile } from './profile.js';

const things = streamOf('Things', { id: 'integer', name: 'string' }, { mode: 'overwrite', generation: 1 });
const LOAD = [record(things, { id: 1, name: 'a' }), state(things, { n: 1 }), complete(things)];

liveLane('roles and what is on a table', () => {
  const profile = liveProfile();
  const { session } = profile;
  let warehouse: TestWarehouse;
  beforeEach(() => {
    warehouse = new TestWarehouse(profile);
  });
  afterEach(() => warehouse.remove());
  const check = async () => messagesOf(await warehouse.check(), 'CONNECTION_STATUS')[0]?.connectionStatus;
  const table = () => `${warehouse.config['database']}.RAW.THINGS`;
  /** A test that needs a setting of its own. */
  const withSetting = (name: Parameters<typeof setting>[0], title: string, run: (value: string) => Promise<void>) => {
    const value = setting(name);
    if (value === undefined) it.skip(`${title} (set CUTTLE_SNOWFLAKE_${name})`, () => undefined);
    else it(title, () => run(value));
  };

  it('the normal role: check succeeds and leaves nothing, a load arrives', async () => {
    expect(await check()).toEqual({ status: 'SUCCEEDED' });
    expect(await profile.tables(warehouse.config)).toEqual([]);
    await warehouse.load([things], LOAD);
    expect(await warehouse.data('Things')).toEqual([{ id: '1', name: 'a' }]);
  });

  withSetting('LIMITED_ROLE', 'a role without rights: check and load name the right that is missing', async (role) => {
    await profile.prepare?.(warehouse.config);
    await session.query(`grant usage on database ${warehouse.config['database']} to role ${role}`);
    const limited = new TestWarehouse({ ...profile, prepare: async () => undefined });
    limited.config = { ...warehouse.config, role };
    try {
      const status = messagesOf(await limited.check(), 'CONNECTION_STATUS')[0]?.connectionStatus;
      expect(status).toMatchObject({ status: 'FAILED', message: expect.stringMatching(/lacks a right for [A-Z]+/) });
      const failed = await limited.write([things], LOAD);
      expect([failed.exitCode, errorsOf(failed)[0]?.failureType]).toEqual([1, 'config_error']);
    } finally {
      limited.remove();
    }
  });

  withSetting('IGNORE_CASE_USERNAME', 'a user whose QUOTED_IDENTIFIERS_IGNORE_CASE is true', async (username) => {
    warehouse.config = { ...warehouse.config, username };
    expect(await check()).toEqual({ status: 'SUCCEEDED' });
    await warehouse.load([things], LOAD);
    expect(await warehouse.data('Things')).toEqual([{ id: '1', name: 'a' }]);
  });

  withSetting('PASSWORD', 'a login by password', async (password) => {
    const { private_key: _key, ...rest } = warehouse.config;
    warehouse.config = { ...rest, password };
    expect(await check()).toEqual({ status: 'SUCCEEDED' });
  });

  withSetting('PRIVATE_KEY_FILE', 'a login by key pair', async () => {
    expect(Object.keys(warehouse.config)).toContain('private_key');
    expect(await check()).toEqual({ status: 'SUCCEEDED' });
  });

  withSetting('LIMITED_ROLE', 'D-OVW-09 an overwrite keeps grants', async (role) => {
    await warehouse.load([things], LOAD);
    await session.query(`grant select on table ${table()} to role ${role}`);
    await warehouse.load([{ ...things, generation_id: 2, minimum_generation_id: 2 }], LOAD);
    const grants = await session.query(`show grants on table ${table()}`);
    expect(grants.some((grant) => grant.includes('SELECT') && grant.includes(role.toUpperCase()))).toBe(true);
  });

  it('D-OVW-09 an overwrite keeps the clustering key', async () => {
    const keyed = streamOf('Things', { id: 'integer' }, { mode: 'append_dedup', key: ['id'], generation: 1 });
    warehouse.config = { ...warehouse.config, cluster_by: 'primary_key' };
    const lines = [record(keyed, { id: 1 }), state(keyed, { n: 1 }), complete(keyed)];
    await warehouse.load([keyed], lines);
    await warehouse.load([{ ...keyed, generation_id: 2, minimum_generation_id: 2 }], lines);
    const [row] = await session.query(
      `select clustering_key from ${warehouse.config['database']}.information_schema.tables where table_name = 'THINGS'`,
    );
    expect(String(row?.[0])).toContain('ID');
  });
});
