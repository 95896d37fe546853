const DAY_MS = 86_400_000;

/** The day of a time in a zone, `YYYY-MM-DD`. */
export function dayIn(timeZone: string, timeMs: number): string {
  return partsOf(timeZone, timeMs).slice(0, 10);
}

/** A time as the Graph API writes it: local, offset without a colon, such as `2023-03-21T22:41:46-0700`. */
export function graphTime(timeZone: string, timeMs: number): string {
  const local = partsOf(timeZone, timeMs);
  const offsetMinutes = Math.round((Date.parse(`${local}Z`) - Math.floor(timeMs / 1000) * 1000) / 60_000);
  const sign = offsetMinutes < 0 ? '-' : '+';
  const two = (value: number): string => String(value).padStart(2, '0');
  const size = Math.abs(offsetMinutes);
  return `${local}${sign}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

/** A day moved by days. */
export function moveDay(day: string, byDays: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + byDays * DAY_MS).toISOString().slice(0, 10);
}

/** The last day of a day's month. */
export function lastOfMonth(day: string): string {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

function partsOf(timeZone: string, timeMs: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return format.format(timeMs).replace(' ', 'T');
}
