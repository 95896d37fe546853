/** Every breach of the import rules, one sentence each. */
export function findBreaches(): readonly string[];

/** Import specifiers of a TypeScript file, each with whether it is lazy. */
export function importsOf(text: string): readonly { readonly specifier: string; readonly isLazy: boolean }[];

/**
 * Whether a file of a package may import a module of Node.
 *
 * @param folder the package, from the root
 * @param file absolute
 */
export function isPure(specifier: string, folder: string, file: string): boolean;
