import { isJsonObject, type Json } from '@cuttle/protocol';

/** When Airbyte runs a connection. */
export type Schedule =
  | { readonly kind: 'manual' }
  | { readonly kind: 'cron'; readonly cron: string; readonly timezone: string }
  /** An interval that only the UI can set. */
  | { readonly kind: 'every'; readonly every: string };

/** Hours and days of `every` that a cron can say, and the cron. */
const EVERY_HOURS: readonly number[] = [1, 2, 3, 4, 6, 8, 12, 24];

/**
 * The schedule that a Connection's `schedule` spells; without one it is manual. `every` becomes a cron where one can say
 * it, because the public API takes nothing else.
 *
 * @returns an Error for a map with neither
 */
export function decodeSchedule(value: Json | undefined): Schedule | Error {
  if (!isJsonObject(value)) return { kind: 'manual' };
  const timezone = typeof value['timezone'] === 'string' ? value['timezone'] : 'UTC';
  if (typeof value['cron'] === 'string') return { kind: 'cron', cron: value['cron'].replaceAll(/\s+/g, ' '), timezone };
  if (typeof value['every'] !== 'string') return new Error('The schedule needs "cron" or "every".');
  const cron = everyToCron(value['every']);
  return cron === undefined ? { kind: 'every', every: value['every'] } : { kind: 'cron', cron, timezone };
}

/** The cron of `every: 24h`, at full hours; undefined when a cron with plain minutes cannot say it. */
export function everyToCron(every: string): string | undefined {
  const match = /^([1-9][0-9]*)([mhd])$/.exec(every);
  if (match === null) return undefined;
  const minutes = Number(match[1]) * { m: 1, h: 60, d: 1440 }[match[2] as 'm' | 'h' | 'd'];
  if (minutes === 7 * 1440) return '0 0 0 ? * SUN';
  const hours = minutes / 60;
  if (!EVERY_HOURS.includes(hours)) return undefined;
  return hours === 24 ? '0 0 0 * * ?' : hours === 1 ? '0 0 * * * ?' : `0 0 0/${hours} * * ?`;
}

/** Why an interval cannot be set. */
export function notSettable(every: string): string {
  return `Airbyte's public API takes no schedule of "every: ${every}". It takes 1h, 2h, 3h, 4h, 6h, 8h, 12h, 24h and 7d; anything else needs "cron".`;
}
