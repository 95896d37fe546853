import { isLong } from '../harness/workspace.js';

/** Parameters of a property of fast-check. */
export interface FuzzParameters {
  readonly numRuns: number;
  readonly interruptAfterTimeLimit?: number;
  readonly markInterruptAsFailure?: false;
  readonly endOnFailure: boolean;
}

/** Time for one target in test:long, in minutes, unless `CUTTLE_FUZZ_MINUTES` says otherwise. */
const LONG_MINUTES = 60;

/** Time that a test may take besides its search, in milliseconds. */
const MARGIN_MS = 120_000;

function longMs(): number {
  return Number(process.env['CUTTLE_FUZZ_MINUTES'] ?? LONG_MINUTES) * 60_000;
}

/**
 * How long a fuzz target searches: a sample in test:full; in test:long until its time is over, an hour by default.
 *
 * @param sample inputs of a sample
 */
export function fuzzParameters(sample = 3000): FuzzParameters {
  if (!isLong) return { numRuns: sample, endOnFailure: true };
  const interruptAfterTimeLimit = longMs();
  return {
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit,
    markInterruptAsFailure: false,
    endOnFailure: true,
  };
}

/** Longest time of a test with a fuzz target, in milliseconds: for jest. */
export function fuzzTimeoutMs(): number {
  return isLong ? longMs() + MARGIN_MS : MARGIN_MS;
}

/** A change of a text: where, how much is taken out, and which of the tokens comes in its place. */
export type Edit = readonly [at: number, removed: number, token: number];

/**
 * A sound text after some edits: near enough to what it was that parsers get deep into it.
 *
 * @param tokens pieces that mean something to whoever reads the text
 */
export function edited(text: string, edits: readonly Edit[], tokens: readonly string[]): string {
  let result = text;
  for (const [at, removed, token] of edits) {
    const from = result.length === 0 ? 0 : at % result.length;
    // Taken from elsewhere in the text where no token is meant.
    const piece =
      tokens[token % (tokens.length + 1)] ?? result.slice(removed % (from + 1), (removed % (from + 1)) + 20);
    result = result.slice(0, from) + piece + result.slice(from + (removed % 12));
  }
  return result;
}

/** Pieces of JSON that parsers stumble over. */
export const JSON_TOKENS = [
  ...['{', '}', '[', ']', '"', ':', ',', '\\', '\n', '\r\n', ' ', '\t', 'null', 'true', '-0', '1e999', '1E-400'],
  ...['9007199254740993', '"__proto__":', '"constructor":', '\\u0000', '\\ud800', '\ufeff', '\u2028', '""', '{}', '[]'],
  ...['"type":"RECORD"', '"type":"STATE"', '"record":', '"state":', '"stream":', '"namespace":null', '"data":', '😀'],
  '['.repeat(300),
  '{"a":'.repeat(300),
];
