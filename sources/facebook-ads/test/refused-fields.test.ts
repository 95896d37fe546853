import type { JsonObject } from '@cuttle/protocol';
import { type Sandbox, startSandbox } from '@cuttle/sandbox';
import type { ReadOutcome } from '@cuttle/testing';
import { configFor, configured, read } from './run-facebook.js';

const LISTED = [{ name: 'own', fields: ['clicks', 'spend', 'wish_bid', 'reach', 'cpm', 'ctr'] }];

/** A stream of which some columns only are selected, as platforms hand it to a source. */
function selecting(name: string, columns: readonly string[], syncMode = 'incremental'): object {
  const properties = Object.fromEntries(columns.map((column) => [column, {}]));
  const stream = { name, json_schema: { properties }, supported_sync_modes: ['full_refresh', 'incremental'] };
  return configured(name, syncMode, { stream });
}

/** Changes of the records of a read, each list once, as `field change reason`. */
function changesIn({ messages }: ReadOutcome): readonly string[] {
  const lists = messages.flatMap((message) => {
    if (message.type !== 'RECORD') return [];
    const changes = message.record.meta?.changes ?? [];
    return [changes.map(({ field, change, reason }) => `${field} ${change} ${reason}`).join(', ')];
  });
  return [...new Set(lists)];
}

function failureTypes({ messages }: ReadOutcome): readonly unknown[] {
  return messages.flatMap((message) => (message.type === 'TRACE' ? (message.trace.error?.failure_type ?? []) : []));
}

describe('a field that Meta refuses', () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox({ users: 2, orders: 2, idleVisits: 0 });
    sandbox.control.run('facebook.seed', { ads: 2, days: 3, first: '2024-08-30' });
  });
  afterEach(() => sandbox.close());

  const settings = (values: object) => sandbox.control.run('facebook.settings', { ...values });
  const jobs = () => sandbox.control.run('facebook.jobs') as readonly { readonly fields: readonly string[] }[];
  const own = (extra: object = {}) => configFor(sandbox, { custom_insights: LISTED, ...extra });

  it.each([
    ['named', true],
    ['not named', false],
  ])('"wish_bid are not valid for fields param" (%s): the report goes on without it and says so', async (_how, named) => {
    const before = await read(sandbox, own(), ['customown']);
    settings({ refusedFields: ['wish_bid', 'ctr'], namesRefusedFields: named });
    const outcome = await read(sandbox, own(), ['customown']);
    expect([outcome.exitCode, outcome.errors]).toEqual([0, []]);
    expect(outcome.records.map(({ ad_id, date_start }) => `${ad_id} ${date_start}`).sort()).toEqual(
      before.records.map(({ ad_id, date_start }) => `${ad_id} ${date_start}`).sort(),
    );
    for (const row of outcome.records)
      expect(row).toMatchObject({ wish_bid: null, ctr: null, clicks: expect.any(Number) });
    expect(changesIn(before)).toEqual(['']);
    expect(changesIn(outcome)).toEqual([
      expect.stringMatching(
        /^(?:ctr|wish_bid) NULLED SOURCE_RETRIEVAL_ERROR, (?:ctr|wish_bid) NULLED SOURCE_RETRIEVAL_ERROR$/,
      ),
    ]);
    const warnings = outcome.logs.filter((log) => /Meta refuses/.test(log));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/customown: Meta refuses (?:wish_bid, ctr|ctr, wish_bid) of account \d+; left out/);
    // Found once for the account, not for each day.
    expect(
      jobs()
        .slice(-3)
        .every(({ fields }) => !fields.includes('wish_bid') && fields.includes('spend')),
    ).toBe(true);
  });

  it('a deselected column is not asked for, so that it cannot be refused', async () => {
    settings({ refusedFields: ['wish_bid'] });
    const columns = ['date_start', 'ad_id', 'account_id', 'clicks'];
    const { exitCode, logs, records } = await read(sandbox, own(), [selecting('customown', columns)]);
    expect([exitCode, logs.filter((log) => /refuses/.test(log))]).toEqual([0, []]);
    expect([...new Set(jobs().map(({ fields }) => [...fields].sort().join()))]).toEqual(['account_id,ad_id,clicks']);
    expect(records.length).toBeGreaterThan(0);
    expect(Object.keys(records[0] as JsonObject).sort()).toEqual(
      ['account_id', 'ad_id', 'clicks', 'date_start', 'date_stop'].sort(),
    );
  });

  it.each([
    ['named', true],
    ['not named', false],
  ])('"nonexisting field" of objects (%s): the rows come without it', async (_how, named) => {
    settings({ refusedFields: ['bid_type', 'conversion_specs'], namesRefusedFields: named });
    const outcome = await read(sandbox, configFor(sandbox), ['ads']);
    expect([outcome.exitCode, outcome.records.length]).toEqual([0, 10]);
    expect(changesIn(outcome)).toHaveLength(1);
    expect(changesIn(outcome)[0]?.split(', ').sort()).toEqual([
      'bid_type NULLED SOURCE_RETRIEVAL_ERROR',
      'conversion_specs NULLED SOURCE_RETRIEVAL_ERROR',
    ]);
    expect(outcome.records.every(({ bid_type, name }) => bid_type === null && typeof name === 'string')).toBe(true);
  });

  it('a deselected column of objects is not asked for; the id of an activity stays the same', async () => {
    settings({ refusedFields: ['bid_type'] });
    const ads = await read(sandbox, configFor(sandbox), [selecting('ads', ['id', 'name', 'updated_time'])]);
    expect([ads.exitCode, changesIn(ads)]).toEqual([0, ['']]);
    expect(Object.keys(ads.records[0] as JsonObject).sort()).toEqual(['account_id', 'id', 'name', 'updated_time']);
    const config = configFor(sandbox, { start_date: '2024-01-01T00:00:00Z' });
    const whole = await read(sandbox, config, ['activities']);
    const some = await read(sandbox, config, [selecting('activities', ['id', 'event_time', 'event_type'])]);
    expect(some.records.map(({ id }) => id)).toEqual(whole.records.map(({ id }) => id));
    expect(Object.keys(some.records[0] as JsonObject).sort()).toEqual(['account_id', 'event_time', 'event_type', 'id']);
  });

  it.each([
    ['the key of a report', 'customown', 'ad_id', true],
    ['the key of a report, not named', 'customown', 'ad_id', false],
    ['the key of objects', 'ads', 'id', true],
    ['the cursor of objects', 'ads', 'updated_time', true],
    ['the cursor of objects, not named', 'ads', 'updated_time', false],
  ])('%s is a config_error that names it', async (_what, stream, field, named) => {
    settings({ refusedFields: [field], namesRefusedFields: named });
    const outcome = await read(sandbox, own(), [stream]);
    expect([outcome.exitCode, failureTypes(outcome), outcome.records]).toEqual([1, ['config_error'], []]);
    expect(outcome.errors[0]).toMatch(new RegExp(`Meta refuses ${field} of account \\d+.*${stream}`));
  });

  it('an error that comes with the smallest set too, or is another one, ends the stream, its message cut and not dropped', async () => {
    const message = `(#100) Param filtering is wrong: ${'what Meta thinks of it, '.repeat(40)}`;
    const match = { path: '/insights', method: 'POST' };
    sandbox.control.run('facebook.fail', { code: 100, message, match, count: 0 });
    const outcome = await read(sandbox, own(), ['customown']);
    expect([outcome.exitCode, failureTypes(outcome)]).toEqual([1, ['system_error']]);
    expect(outcome.errors[0]).toContain('(#100) Param filtering is wrong: what Meta thinks of it');
    expect(outcome.errors[0]).toMatch(/…$/);
    expect(outcome.errors[0]?.length).toBeLessThan(400);
    sandbox.control.run('faults.clear');
    sandbox.control.run('facebook.fail', {
      code: 100,
      message: '(#100) Tried accessing nonexisting field (ads) on node type (AdAccount)',
      match: { path: '/ads' },
      count: 0,
    });
    const edge = await read(sandbox, own(), ['ads']);
    expect(edge.exitCode).toBe(1);
    expect(edge.errors[0]).toMatch(/nonexisting field \(ads\)/);
  });

  it('a long message never shows a part of the token', async () => {
    const { token } = sandbox.facebook;
    const message = `${'x'.repeat(250)} ${token} was seen`;
    sandbox.control.run('facebook.fail', { code: 100, message, match: { path: '/campaigns' }, count: 0 });
    const { errors } = await read(sandbox, own(), ['campaigns']);
    expect(errors[0]).toContain('****');
    expect(errors[0]).not.toContain(token.slice(0, 12));
  });
});
