/** One table of the export that holds the events of one day. */
export interface Shard {
  /** `events_20261118` or `events_intraday_20261118`. */
  readonly table: string;
  /** `YYYYMMDD`, in the property's time zone. */
  readonly date: string;
  readonly isIntraday: boolean;
  /** Key in the state: the date, for intraday tables `intraday_` and the date. */
  readonly key: string;
}

/** The shard of a table name, or undefined for other tables (`events_fresh_*`, `users_*`, ...). */
export function parseShard(table: string): Shard | undefined {
  const match = /^events_(intraday_)?(\d{8})$/.exec(table);
  if (match === null) return undefined;
  const date = match[2]!;
  const isIntraday = match[1] !== undefined;
  return { table, date, isIntraday, key: isIntraday ? intradayKey(date) : date };
}

/** The daily shard of a date. */
export function dailyShard(date: string): Shard {
  return { table: `events_${date}`, date, isIntraday: false, key: date };
}

/** Key in the state of the intraday table of a date. */
export function intradayKey(date: string): string {
  return `intraday_${date}`;
}

/** A date `YYYYMMDD` moved by whole days. */
export function addDays(date: string, days: number): string {
  const time = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)) + days);
  return dateOf(time);
}

/** The UTC day of a time in milliseconds, `YYYYMMDD`. */
export function dateOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll('-', '');
}
