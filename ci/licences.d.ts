/** Packages of other people that run with ours. */
export function runtimePackages(): readonly {
  readonly name: string;
  readonly licence: string;
  readonly isPinned: boolean;
}[];

/** Whether a licence expression needs no question. */
export function isAllowed(licence: string): boolean;
