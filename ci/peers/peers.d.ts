/** Programs of other people by key. */
export const PEERS: Readonly<Record<string, { readonly title: string }>>;

/** Path of a program of a peer; undefined while it is not installed. */
export function peerProgram(key: string, program?: string): string | undefined;
