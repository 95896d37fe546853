/** What a report of `npm audit --json` says: the high and critical advisories, or why they are not known. */
export function judge(
  text: string,
):
  | { readonly kind: 'unknown'; readonly reason: string }
  | { readonly kind: 'known'; readonly findings: readonly string[] };
