import type { JsonObject } from '@cuttle/protocol';
import { makeFolder, removeFolder, type SourceProfile, type StandIn } from '@cuttle/testing';
import { type Comparison, compareRecords, isSame, SAME } from './compare-records.js';
import { readOfficial } from './official-source.js';
import { readOwn } from './own-read.js';
import { describePeers } from './peer.js';
import { profileOf } from './profiles.js';

describePeers("Airbyte's source-stripe beside ours, on the emulator", ['stripe'], () => {
  let profile: SourceProfile;
  let standIn: StandIn;
  let folder: string;

  beforeAll(async () => {
    folder = makeFolder();
    profile = await profileOf('sources/stripe-ext');
    standIn = await profile.start();
  });
  afterAll(async () => {
    await standIn.close();
    removeFolder(folder);
  });

  it('reads the same objects with the same values', async () => {
    // The version of Stripe's API that theirs asks for.
    const own: JsonObject = { ...profile.config(standIn, standIn.url), api_version: '2022-11-15' };
    const ours = await readOwn(profile, own);
    const theirs = await readOfficial(
      {
        peer: 'stripe',
        module: 'source_stripe.run',
        config: {
          account_id: own['account_id']!,
          client_secret: own['api_key']!,
          start_date: own['start_date']!,
          slice_range: 365,
          num_workers: 10,
          call_rate_limit: 1000,
        },
        rewrite: { 'https://api.stripe.com': `${standIn.url}/stripe` },
        folder,
      },
      new Set(ours.streams.map(({ stream }) => stream.name)),
    );
    expect(theirs.size).toBe(35);
    expect([...theirs.keys()].filter((name) => theirs.get(name)!.length === 0)).toEqual([]);
    const different = [...theirs].flatMap(([name, records]) => {
      const found = withoutOwn(compareRecords(ours.records.get(name) ?? [], records));
      return isSame(found) ? [] : [[name, found] as const];
    });
    expect(Object.fromEntries(different)).toEqual(DIFFERENCES);
  }, 240_000);
});

/** Every row of ours says whether the object was deleted; theirs says it of some. */
function withoutOwn(found: Comparison): Comparison {
  return { ...found, fieldsOfOurs: found.fieldsOfOurs.filter((field) => field !== 'is_deleted') };
}

/**
 * All that differs. Fields of theirs that its version 5.14.1 adds or converts wrongly are asserted as they are: a version
 * that mends one fails here.
 */
const DIFFERENCES: Readonly<Record<string, Comparison>> = {
  // Our cursor; theirs is `created`. Their schema has `expired` as an integer.
  files: { ...SAME, fieldsOfOurs: ['updated'], values: { 'links.data[].expired': [false, 0] } },
  // Stripe's object has no `updated`: theirs is the time of the sync, where its time of creation is in `date`.
  invoice_items: { ...SAME, values: { updated: [1_724_112_000, expect.any(Number)] } },
  // Stripe gives tiers only when they are asked for.
  prices: { ...SAME, fieldsOfOurs: ['tiers'] },
  // Their schema has `livemode` as a text.
  reviews: { ...SAME, values: { livemode: [false, 'False'] } },
  transfer_reversals: { ...SAME, fieldsOfOurs: ['updated'] },
  // The cursor of a child: ours is its own, theirs that of the parent.
  invoice_line_items: {
    ...SAME,
    fieldsOfOurs: ['updated'],
    fieldsOfTheirs: ['invoice_created', 'invoice_updated'],
  },
  subscription_items: { ...SAME, fieldsOfOurs: ['updated'], fieldsOfTheirs: ['subscription_updated'] },
};
