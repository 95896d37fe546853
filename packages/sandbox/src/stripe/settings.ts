/** How the stand-in behaves; each may be changed while it runs. */
export interface StripeSettings {
  /** API version in which events are rendered when they are made, whatever version a client asks for. */
  eventVersion: string;
  /** Time until an event is listed, in ms. */
  eventDelayMs: number;
  /** Seconds by which `created` of an event lies before the change. */
  eventSkewSeconds: number;
  /** Requests a second for an account and for one of its endpoints; undefined: no limit. */
  limits: { readonly perSecond: number; readonly perEndpoint: number } | undefined;
  /** Clock of the limits in ms; the machine's, since a client waits by it. */
  monotonic: () => number;
  /** Entries that an object shows of a list inside it. */
  inlineEntries: number;
}

/** The settings of a new stand-in. */
export function defaultStripeSettings(): StripeSettings {
  return {
    eventVersion: '2022-11-15',
    eventDelayMs: 0,
    eventSkewSeconds: 0,
    limits: undefined,
    monotonic: () => performance.now(),
    inlineEntries: 10,
  };
}
