import type { AirbyteType } from './airbyte-type.js';

/**
 * Values that mean what their type says, in a form that few senders use: `1e21` (how JavaScript writes a whole number),
 * `2024-05-06` in a timestamp, `04:26` in a time. SQL reads the usual forms; what it leaves goes through here, value by
 * value, and never through a double or a local time zone. Ambiguous forms (`04/05/2024`) are no values.
 */

/** Digits of the largest integer that a column holds, as in every warehouse. */
const INTEGER_DIGITS = 38;

const WHOLE_NUMBER = /^(-?)(\d{1,60})(?:\.(\d{1,60}))?(?:[eE]([-+]?\d{1,4}))?$/;
const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const DAY = '(?<day>\\d{4}-\\d\\d-\\d\\d)';
const CLOCK = '(?<minute>(?:[01]\\d|2[0-3]):[0-5]\\d)(?<second>:[0-5]\\d)?(?<fraction>\\.\\d{1,9})?';
const ZONE = ' ?(?<zone>Z|z|UTC|GMT|[-+](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?)';
const TIMESTAMP = new RegExp(`^${DAY}(?:[Tt ]${CLOCK}(?:${ZONE})?)?$`);
const LOCAL_TIME = new RegExp(`^${CLOCK}$`);
const ZONED_TIME = new RegExp(`^${CLOCK}${ZONE}$`);

/** Gives a value in its usual form, undefined when it is none of the type. */
export type RareForm = (text: string) => string | undefined;

/** By type: integers as digits, numbers as they are, moments as `YYYY-MM-DD HH:MM:SS.nnnnnnnnn+hh:mm`, days and times alike. */
export const RARE_FORMS = {
  integer: wholeDigits,
  number: finiteNumber,
  date: dayOf,
  time_with_timezone: zonedTime,
  time_without_timezone: localTime,
  timestamp_with_timezone: moment,
  timestamp_without_timezone: moment,
} as const satisfies Partial<Record<AirbyteType, RareForm>>;

/** Types that have rare forms. */
export type RarelyFormedType = keyof typeof RARE_FORMS;

/** A whole number of at most 38 digits, its exponent resolved by shifting digits; `-0` is `0`. */
export function wholeDigits(text: string): string | undefined {
  const match = WHOLE_NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '0';
  const shift = Number(exponent) - fraction.length;
  if (shift > INTEGER_DIGITS || digits.length + shift > INTEGER_DIGITS) return undefined;
  if (shift >= 0) return sign + digits + '0'.repeat(shift);
  const cut = digits.slice(shift);
  if (digits.length + shift <= 0 || /[^0]/.test(cut)) return undefined;
  return sign + digits.slice(0, shift);
}

/** A number with an exponent, or one of the protocol's three names; not what overflows a double or vanishes in it. */
function finiteNumber(text: string): string | undefined {
  if (['NaN', 'Infinity', '-Infinity'].includes(text)) return text;
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  const hasVanished = value === 0 && /[1-9]/.test(text.split(/e/i)[0] as string);
  return Number.isFinite(value) && !hasVanished ? text : undefined;
}

/** A date-only timestamp is midnight UTC, a missing second is 0, and a timestamp without a zone is UTC. */
function moment(text: string): string | undefined {
  const parts = TIMESTAMP.exec(text)?.groups;
  const { day = '', minute = '00:00', second = ':00', fraction = '.0', zone = 'Z' } = parts ?? {};
  if (parts === undefined || !isDay(day) || isFractionOfMinute(parts)) return undefined;
  return `${day} ${minute}${second}${fraction.padEnd(10, '0')}${offset(zone)}`;
}

/** A timestamp is a day only at its very beginning in UTC or without a zone: anything else would be cut. */
function dayOf(text: string): string | undefined {
  const instant = moment(text);
  return instant?.slice(10) === ' 00:00:00.000000000+00:00' ? instant.slice(0, 10) : undefined;
}

function localTime(text: string): string | undefined {
  const parts = LOCAL_TIME.exec(text)?.groups;
  return parts === undefined || isFractionOfMinute(parts) ? undefined : clock(parts);
}

function zonedTime(text: string): string | undefined {
  const parts = ZONED_TIME.exec(text)?.groups;
  if (parts === undefined || isFractionOfMinute(parts)) return undefined;
  return clock(parts) + offset(parts['zone'] ?? 'Z');
}

function clock({ minute, second = ':00', fraction = '' }: Record<string, string | undefined>): string {
  return `${minute}${second}${fraction}`;
}

function isFractionOfMinute({ second, fraction }: Record<string, string | undefined>): boolean {
  return second === undefined && fraction !== undefined;
}

function offset(zone: string): string {
  if (/^[A-Za-z]/.test(zone)) return '+00:00';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** Years 0001 to 9999 of the Gregorian calendar. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] as number);
}
