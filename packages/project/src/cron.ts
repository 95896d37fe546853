import { didYouMean } from './suggest.js';

/** One field of a Quartz cron. */
interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, from `min` on. */
  readonly words?: readonly string[];
  /** Forms besides `*`, values, ranges and steps. */
  readonly special?: RegExp;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
const DAY_OF_MONTH = 3;
const DAY_OF_WEEK = 5;

const FIELDS: readonly Field[] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31, special: /^(\?|L(-([1-9]|[12]\d|30))?|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', min: 1, max: 12, words: MONTHS },
  {
    name: 'day of week',
    min: 1,
    max: 7,
    words: DAYS,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { name: 'year', min: 1970, max: 2099 },
];

/** What is wrong with a Quartz cron of six or seven fields, as Airbyte reads it; undefined when nothing is. */
export function cronProblem(cron: string): string | undefined {
  const parts = cron.trim().split(/\s+/);
  const last = parts.at(-1) ?? '';
  if (parts.length > 6 && isTimezone(last)) {
    return `The cron ends in a time zone, which Airbyte takes apart from it: use timezone: ${last}.`;
  }
  if (parts.length < 6 || parts.length > 7) return `The cron has ${parts.length} fields; Quartz wants six or seven.`;
  for (const [index, part] of parts.entries()) {
    const wrong = part.split(',').find((item) => !isItem(item.toUpperCase(), FIELDS[index]!));
    if (wrong !== undefined) return describe(wrong, part, FIELDS[index]!);
  }
  const asked = [parts[DAY_OF_MONTH], parts[DAY_OF_WEEK]].filter((part) => part === '?').length;
  if (asked === 1) return undefined;
  return 'Exactly one of day of month (4th field) and day of week (6th field) of the cron must be "?".';
}

/** What is wrong with the name of a time zone; undefined when nothing is. */
export function timezoneProblem(timezone: string): string | undefined {
  if (isKnown(timezone)) return undefined;
  return `There is no time zone "${timezone}".${didYouMean(timezone, Intl.supportedValuesOf('timeZone'))}`;
}

function isTimezone(text: string): boolean {
  return /^[A-Za-z]/.test(text) && isKnown(text);
}

function isKnown(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

function isItem(item: string, field: Field): boolean {
  if (field.special?.test(item) === true) return true;
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !isStep(step, field))) return false;
  if (range === '*') return true;
  const ends = range.split('-');
  return ends.length <= 2 && ends.every((end) => isValue(end, field));
}

function isStep(step: string, field: Field): boolean {
  return /^[1-9]\d*$/.test(step) && Number(step) <= field.max;
}

function isValue(text: string, field: Field): boolean {
  if (field.words?.includes(text) === true) return true;
  return /^\d{1,4}$/.test(text) && Number(text) >= field.min && Number(text) <= field.max;
}

function describe(wrong: string, part: string, field: Field): string {
  const words = field.words === undefined ? '' : ` or ${field.words[0]} to ${field.words.at(-1)}`;
  const within = wrong === part ? '' : ` in "${part}"`;
  return `The cron has no valid ${field.name}: "${wrong}"${within}. Allowed are ${field.min} to ${field.max}${words}, with *, lists, ranges and steps.`;
}
