import type { JsonMap, Schedule } from './model.js';
import { refusal } from './problem.js';
import { isMap } from './secrets.js';

/** The schedule of a request; undefined when it has none. */
export function scheduleOf(value: unknown): Schedule | undefined {
  if (!isMap(value)) return undefined;
  const { scheduleType, cronExpression } = value;
  // Any schedule of a request attaches its cron, also the empty one of a manual schedule.
  if (scheduleType === 'manual') return { scheduleType: 'manual', cronExpression: '' };
  if (scheduleType !== 'cron') throw refusal(400, `Unknown schedule type ${String(scheduleType)}.`);
  return { scheduleType: 'cron', cronExpression: checkCron(String(cronExpression ?? '')) };
}

const WORDS = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT';
/** Greatest value of each field; the fourth is the day of month, the sixth that of the week. */
const GREATEST: readonly number[] = [59, 59, 23, 31, 12, 7, 2099];
const LEAST: readonly number[] = [0, 0, 0, 1, 1, 1, 1970];
const QUARTZ_DAY = /^(\?|L|LW|L-\d+|\d+W|\w+L|\w+#[1-5])$/i;

function checkCron(expression: string): string {
  // The server strips a trailing UTC; any other zone is a seventh field to it.
  const cron = expression.trim().replace(/\s+UTC$/, '');
  const fields = cron.split(/\s+/);
  if (fields.length !== 6 && fields.length !== 7) throw refusal(400, `Invalid cron expression: ${expression}`);
  if (![fields[0], fields[1]].every((field) => /^\d+$/.test(field ?? ''))) {
    throw refusal(400, 'Cron expressions must have numbers for seconds and minutes.');
  }
  const oneDay = (fields[3] === '?') !== (fields[5] === '?');
  if (!oneDay || !fields.every(isField)) throw refusal(400, `Invalid cron expression: ${expression}`);
  return cron;
}

function isField(field: string, index: number): boolean {
  if ((index === 3 || index === 5) && QUARTZ_DAY.test(field)) return true;
  const words = index === 4 ? WORDS.slice(0, 47) : index === 5 ? WORDS.slice(48) : '\\d+';
  const value = `(\\d{1,4}|${words})`;
  const isShaped = new RegExp(
    `^(\\*|${value}(-${value})?)(/[1-9]\\d*)?(,(\\*|${value}(-${value})?)(/[1-9]\\d*)?)*$`,
    'i',
  );
  const numbers = [...field.replaceAll(/\/\d+/g, '').matchAll(/\d+/g)].map(Number);
  return isShaped.test(field) && numbers.every((number) => number >= LEAST[index]! && number <= GREATEST[index]!);
}

/** A schedule as an answer shows it: with the time zone behind the cron. */
export function shownSchedule(schedule: Schedule): JsonMap {
  const { scheduleType, cronExpression, timeZone, basicTiming } = schedule;
  if (scheduleType === 'basic') return { scheduleType, basicTiming };
  if (cronExpression === undefined) return { scheduleType };
  // An empty cron turns a manual connection into one with a cron that never fires.
  return { scheduleType: 'cron', cronExpression: `${cronExpression} ${timeZone ?? 'UTC'}`.trim() };
}
