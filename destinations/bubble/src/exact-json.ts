const QUOTE = '"';
/** Digits of this length may be a number that JavaScript rounds. */
const LONG_NUMBER = /\d{16}/;
const NUMBER_SIGNS = new Set('0123456789+-.eE');

/**
 * Parses JSON; integers beyond 2^53, which JavaScript would round, become texts of their digits.
 *
 * @throws {SyntaxError}
 */
export function parseExact(text: string): unknown {
  return JSON.parse(LONG_NUMBER.test(text) ? quoteLongIntegers(text) : text);
}

/** One pass over the text, so its time is linear whatever stands in it. */
function quoteLongIntegers(text: string): string {
  let quoted = '';
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const sign = text[at] as string;
    if (sign === QUOTE) {
      at = endOfText(text, at);
    } else if (sign === '-' || (sign >= '0' && sign <= '9')) {
      const end = endOfNumber(text, at);
      const token = text.slice(at, end);
      if (isLongInteger(token)) {
        quoted += `${text.slice(copied, at)}"${token}"`;
        copied = end;
      }
      at = end;
    } else {
      at += 1;
    }
  }
  return quoted + text.slice(copied);
}

function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== QUOTE) at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && NUMBER_SIGNS.has(text[at] as string)) at += 1;
  return at;
}

/** Whether a text is an integer that a JavaScript number does not hold exactly. */
export function isLongInteger(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(Number(text));
}
