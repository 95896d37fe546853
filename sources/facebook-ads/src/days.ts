const DAY_MS = 86_400_000;

/** Days back that Meta keeps insights: 37 months. */
export const RETENTION_DAYS = 1123;

/** The day of a time in a zone, `YYYY-MM-DD`. */
export function dayIn(timeZone: string, timeMs: number): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const found = Object.fromEntries(parts.formatToParts(timeMs).map(({ type, value }) => [type, value]));
  return `${String(found['year']).padStart(4, '0')}-${found['month']}-${found['day']}`;
}

/** A day moved by whole days. Days have no zone, so no change of clocks is in it. */
export function moveDay(day: string, byDays: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + byDays * DAY_MS).toISOString().slice(0, 10);
}

/** The last day of a day's month. */
export function lastOfMonth(day: string): string {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

/** Whole days since the epoch. */
export function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

/** The later one of two days. */
export function laterDay(a: string, b: string): string {
  return a > b ? a : b;
}

/** The day in a text such as `2024-01-01T00:00:00Z`; undefined when it does not begin with one. */
export function dayOf(text: unknown): string | undefined {
  const day = typeof text === 'string' ? text.slice(0, 10) : '';
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined;
}
