/** Path of the file with the columns. */
export const FILE: string;

/** The text that the file has to have. */
export function columnsText(): string;
