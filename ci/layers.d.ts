/** Every breach of the import rules, one sentence each. */
export function findBreaches(): readonly string[];

/** Import specifiers of a TypeScript file, each with whether it is lazy. */
export function importsOf(text: string): readonly { readonly specifier: string; readonly isLazy: boolean }[];
