import { reasonToSkip } from './account.js';

/** Longest run of one test against an account, in ms. */
const TIMEOUT_MS = 900_000;

/** Registers tests that need an account, or one skipped test that says what is missing. */
export function liveLane(title: string, define: () => void): void {
  const reason = reasonToSkip();
  if (reason !== undefined) {
    it.skip(reason, () => undefined);
    return;
  }
  jest.setTimeout(TIMEOUT_MS);
  describe(title, define);
}
