/** Text of each generated file by its path. */
export function generatedFiles(): ReadonlyMap<string, string>;
