import { type RowSource, ruleRows } from './rows.js';
import type { Row } from './schema.js';

const NAMES = ['page_view', 'scroll', 'user_engagement', 'view_item', 'add_to_cart'] as const;
const DEVICE: Row = Object.freeze({
  category: 'mobile',
  operating_system: 'Android',
  language: 'nl-be',
  is_limited_ad_tracking: 'No',
});
const SOURCE: Row = Object.freeze({ name: '(direct)', medium: '(none)', source: '(direct)' });

/**
 * Events of one day by rule, in any number, none kept in memory. Rows differ in time, user and session, except that
 * every `repeatEvery`th row repeats the row before it byte for byte (default 0: never).
 *
 * @param date `YYYYMMDD`
 */
export function generatedEvents(date: string, count: number, repeatEvery = 0): RowSource {
  const startMicros = Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T00:00:00Z`) * 1_000;
  const stepMicros = Math.max(1, Math.floor(86_400_000_000 / Math.max(1, count)));
  return ruleRows(count, (index) => {
    const source = repeatEvery > 0 && index % repeatEvery === repeatEvery - 1 ? index - 1 : index;
    return generatedEvent(date, startMicros + source * stepMicros, source);
  });
}

function generatedEvent(date: string, micros: number, index: number): Row {
  return {
    event_date: date,
    event_timestamp: String(micros),
    event_name: NAMES[index % NAMES.length],
    event_params: [
      { key: 'ga_session_id', value: { int_value: String(1_700_000_000 + Math.floor(index / 7)) } },
      { key: 'page_location', value: { string_value: `https://novel.example/p/${index % 1_000}` } },
    ],
    event_bundle_sequence_id: String(index * 7 - 5_000_000_000),
    user_pseudo_id: index % 11 === 0 ? null : `${100_000_000 + Math.floor(index / 5)}.1700000000`,
    device: DEVICE,
    traffic_source: SOURCE,
    stream_id: '7181290334',
    platform: 'WEB',
  };
}
