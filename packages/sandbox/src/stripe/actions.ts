import { parseTime } from '../server/clock.js';
import type { Action, ActionParams } from '../server/control.js';
import { KINDS } from './kinds.js';
import type { ChangeOptions, StripeAccount } from './stripe-account.js';
import type { StripeWorld } from './stripe-api.js';

/**
 * Control actions of the Stripe stand-in. Each takes `account` (default the platform's); changes take `at` (ISO text or
 * milliseconds, default the sandbox's clock), `events` (types in place of the usual ones) and `delayMs` (until the events
 * are listed).
 */
export function stripeActions(world: StripeWorld): Record<string, Action> {
  const accountOf = ({ account }: ActionParams): StripeAccount => {
    const found = world.accounts.get(String(account ?? world.platform));
    if (found === undefined) throw new Error(`No account "${String(account)}"`);
    return found;
  };
  const values = (params: ActionParams) => (params['values'] ?? {}) as Record<string, unknown>;
  return {
    /** Any part of the settings; `limits: null` takes the limits away. */
    'stripe.settings': ({ limits, ...rest }) =>
      Object.assign(world.settings, rest, limits === undefined ? {} : { limits: limits ?? undefined }),
    /** A new key; `forbidden` makes it a restricted one without those resources. */
    'stripe.key': (params) =>
      world.keys.issue(accountOf(params).id, params['forbidden'] as readonly string[] | undefined),
    'stripe.objects': () => [...KINDS.keys()],
    'stripe.create': (params) =>
      accountOf(params).create(String(params['object']), values(params), changeOptions(params)),
    'stripe.update': (params) =>
      accountOf(params).update(String(params['object']), String(params['id']), values(params), changeOptions(params)),
    'stripe.remove': (params) =>
      accountOf(params).remove(String(params['object']), String(params['id']), changeOptions(params)),
    'stripe.refund': (params) => {
      const amount = params['amount'] as number | undefined;
      return accountOf(params).refund(String(params['charge']), amount, values(params), changeOptions(params));
    },
    /** `count` objects, the first created at `created`, each `stepSeconds` (default 1) after the one before. */
    'stripe.seed': (params) => {
      const account = accountOf(params);
      const startMs = params['created'] === undefined ? world.clock.now() : parseTime(params['created'] as string);
      const stepMs = Number(params['stepSeconds'] ?? 1) * 1000;
      const make = (index: number) =>
        account.create(String(params['object']), values(params), {
          ...changeOptions(params),
          atMs: startMs + index * stepMs,
        });
      return Array.from({ length: Number(params['count']) }, (_, index) => make(index));
    },
    'stripe.all': (params) => accountOf(params).objects(String(params['object'])),
    /** The events that are listed now, oldest first. */
    'stripe.events': (params) =>
      accountOf(params)
        .events.visible(world.clock.now())
        .map(({ event }) => event),
    'stripe.history': (params) => accountOf(params).history(String(params['id'])),
  };
}

function changeOptions({ at, events, delayMs }: ActionParams): ChangeOptions {
  return {
    ...(at === undefined ? {} : { atMs: parseTime(at as string | number) }),
    ...(events === undefined ? {} : { events: events as readonly string[] }),
    ...(delayMs === undefined ? {} : { delayMs: Number(delayMs) }),
  };
}
