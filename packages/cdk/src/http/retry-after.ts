/** Above this a reset header is a point in time (seconds since the epoch), below it a number of seconds. */
const EPOCH_SECONDS = 1_000_000_000;

type Headers = { readonly [name: string]: string };

/**
 * How long an answer asks to wait, in ms, or undefined when it does not say.
 *
 * `Retry-After` as seconds (fractions allowed) or as an HTTP date (RFC 9110 10.2.3), then the reset headers
 * `x-ratelimit-reset` and `ratelimit-reset`. Dates are read against the answer's own `date` header, so a wrong local clock does
 * not matter. A time that has passed gives 0; text that is neither gives undefined. There is no upper bound here.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const serverNow = Date.parse(headers['date'] ?? '');
  const now = Number.isNaN(serverNow) ? nowMs : serverNow;
  const asked = headers['retry-after'];
  if (asked !== undefined) {
    const wait = parseWait(asked.trim(), now);
    if (wait !== undefined) return wait;
  }
  const reset = headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'];
  return reset === undefined ? undefined : parseWait(reset.trim(), now);
}

function parseWait(text: string, now: number): number | undefined {
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) {
    const seconds = Number(text);
    return Math.max(0, Math.ceil(seconds >= EPOCH_SECONDS ? seconds * 1000 - now : seconds * 1000));
  }
  // Date.parse also takes texts such as "12 apples"; an HTTP date has a month name or is ISO.
  if (!/^[A-Za-z]{3,9},? |^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
