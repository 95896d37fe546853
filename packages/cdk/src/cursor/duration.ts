import { SystemError } from '@cuttle/protocol';

const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const UNITS_MS = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000];

/**
 * An ISO 8601 duration in ms: weeks, days, hours, minutes, seconds (`P7D`, `PT10M`, `PT0.001S`). Months and years are
 * refused, since their length varies.
 *
 * @throws {SystemError} `DURATION_INVALID`
 */
export function durationMs(text: string): number {
  const match = PATTERN.exec(text);
  if (match === null || text === 'P' || text.endsWith('T')) {
    throw new SystemError(`Not a duration: ${text}`, { code: 'DURATION_INVALID' });
  }
  return UNITS_MS.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unit, 0);
}
