/** Registers a test of one conformance statement; a bypassed one stays visible with its reason. */
export function statement(
  id: string,
  title: string,
  bypass: Readonly<Record<string, string>> | undefined,
  run: () => Promise<void>,
  timeoutMs = 60_000,
): void {
  const reason = bypass?.[id];
  if (reason === undefined) it(`${id} ${title}`, run, timeoutMs);
  else it.skip(`${id} ${title} [bypass: ${reason}]`, run);
}
