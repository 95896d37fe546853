import type { ActionParams } from '../server/control.js';
import type { AdAccount } from './ad-account.js';
import { moveDay } from './zone-time.js';

/**
 * Fills an account by rule: `ads` ads in one campaign, shown on each of `days` days from `first` on. Ids begin with
 * `prefix` (default 2386) and are the same each time.
 */
export function seedAds(account: AdAccount, params: ActionParams, nowMs: number): readonly string[] {
  const prefix = String(params['prefix'] ?? '2386');
  const first = String(params['first']);
  const campaign = `${prefix}0000000000001`;
  const adset = `${prefix}00000000000011`;
  const times = { createdMs: nowMs, updatedMs: nowMs };
  account.put('campaigns', { ...times, id: campaign, values: { name: `campaign ${prefix}`, status: 'ACTIVE' } });
  account.put('adsets', { ...times, id: adset, values: { name: 'ad set', status: 'ACTIVE', campaign_id: campaign } });
  const ids = Array.from({ length: Number(params['ads']) }, (_, index) => `${prefix}${10_000_000_000_000 + index}`);
  for (const [index, id] of ids.entries()) {
    const values = { name: `ad ${index}`, status: 'ACTIVE', campaign_id: campaign, adset_id: adset };
    account.put('ads', { ...times, id, values });
    for (let day = 0; day < Number(params['days']); day += 1) {
      const clicks = 1 + ((index + day) % 7);
      account.delivery.set(moveDay(first, day), id, {
        impressions: 1000 + index,
        reach: 900 + day,
        clicks,
        linkClicks: clicks,
        spendMinor: clicks * 41,
        purchases: index % 3 === 0 ? [{ valueMinor: 1999, lagDays: 0 }] : [],
      });
    }
  }
  return ids;
}
