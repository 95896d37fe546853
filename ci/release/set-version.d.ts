/**
 * Writes a version into every file of a checkout that states it, and gives these files.
 *
 * @throws when it is no version, or a changelog has no entry for it yet: then nothing is written
 */
export function setVersion(root: string, version: string): readonly string[];
