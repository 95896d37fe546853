/** What stands in the way of a release of the checkout below `root`, one sentence each. */
export function releaseProblems(root: string, environment: Readonly<Record<string, string | undefined>>): string[];
