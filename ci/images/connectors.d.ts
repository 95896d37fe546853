/** Root of the repository. */
export const ROOT: string;

/** Every folder of a connector, `sources/bubble` and so on. */
export function connectorFolders(): readonly string[];

/** Folders of the connectors with the given image names; all without names. @throws for a name that is none */
export function chooseConnectors(names: readonly string[]): readonly string[];

/** `sources/bubble` -> `source-bubble`. */
export function imageName(folder: string): string;

/** The `data` of a connector's metadata.yaml. @throws when there is none */
export function readMetadata(folder: string): Readonly<Record<string, unknown>>;
