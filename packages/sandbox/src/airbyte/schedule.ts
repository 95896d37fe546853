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

function checkCron(expression: string): string {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 6 && fields.length !== 7) throw refusal(400, `Invalid cron expression: ${expression}`);
  if (![fields[0], fields[1]].every((field) => /^\d+$/.test(field ?? ''))) {
    throw refusal(400, 'Cron expressions must have numbers for seconds and minutes.');
  }
  if (Number(fields[0]) > 59 || Number(fields[1]) > 59) throw refusal(400, `Invalid cron expression: ${expression}`);
  return expression.trim();
}

/** A schedule as an answer shows it: with the time zone behind the cron. */
export function shownSchedule(schedule: Schedule): JsonMap {
  const { scheduleType, cronExpression, timeZone, basicTiming } = schedule;
  if (scheduleType === 'basic') return { scheduleType, basicTiming };
  if (cronExpression === undefined) return { scheduleType };
  // An empty cron turns a manual connection into one with a cron that never fires.
  return { scheduleType: 'cron', cronExpression: `${cronExpression} ${timeZone ?? 'UTC'}`.trim() };
}
