import type { AirbyteStream } from '@cuttle/protocol';

/** Path of the README. */
export const README: string;

/** The README with the table of these streams. */
export function withTable(streams: readonly AirbyteStream[]): string;
