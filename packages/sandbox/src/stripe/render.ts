import { KINDS } from './kinds.js';
import type { ObjectKind, StripeObject } from './object-kind.js';
import type { StripeAccount } from './stripe-account.js';
import { badRequest } from './stripe-error.js';

/** First version of the newer form of invoices, subscriptions and charges. */
const MODERN_VERSION = '2025-03-31';
/** Deepest expansion that is allowed. */
const MAX_DEPTH = 4;

/** How an object is to be shown. */
export interface View {
  readonly account: StripeAccount;
  /** API version, `YYYY-MM-DD` with an optional name behind it. */
  readonly version: string;
  readonly inlineEntries: number;
}

/** An object as a version shows it, without anything that has to be expanded. */
export function renderVersion(
  account: StripeAccount,
  kind: ObjectKind,
  object: StripeObject,
  version: string,
  inlineEntries: number,
): StripeObject {
  const otherVersions = version.slice(0, 10) < MODERN_VERSION ? kind.modernFields : kind.legacyFields;
  const hidden = new Set([...kind.hidden, ...otherVersions]);
  const onlyExpanded = (name: string) => name in kind.expandable && kind.expandable[name] === undefined;
  const shown = Object.entries(object).filter(([name]) => !hidden.has(name) && !onlyExpanded(name));
  const view = { account, version, inlineEntries };
  const lists = Object.keys(kind.nested).filter((name) => kind.nested[name]!.isExpanded !== true);
  return {
    ...Object.fromEntries(shown),
    ...Object.fromEntries(lists.map((name) => [name, nestedList(view, kind, object.id, name)])),
  } as StripeObject;
}

/**
 * An object with the expansions that a request asks for.
 *
 * @param expand paths below the object, such as `customer` or `total_tax_amounts.tax_rate`
 * @param prefix what stands before such a path in the request, `data.` in lists
 * @throws {ApiFault} with Stripe's text for a path that cannot be expanded
 */
export function renderObject(view: View, object: StripeObject, expand: readonly string[], prefix = ''): StripeObject {
  const kind = KINDS.get(object.object)!;
  const plain = renderVersion(view.account, kind, object, view.version, view.inlineEntries);
  return expand.reduce((shown, path) => expandPath(view, kind, object, shown, path, prefix), plain);
}

/** Checks expansions of a list, also of an empty one, and gives the paths below its entries. */
export function entryPaths(expand: readonly string[]): string[] {
  return expand.map((path) => {
    if (path.startsWith('data.')) return path.slice('data.'.length);
    throw badRequest(
      `This property cannot be expanded (${path}). You may want to try expanding 'data.${path}' instead.`,
      'expand',
    );
  });
}

/** The first entries of a list inside an object, newest first. */
function nestedList(view: View, kind: ObjectKind, parentId: string, name: string): object {
  const list = kind.nested[name]!;
  const entries = view.account.table(list.kind).childrenOf(list.parentField, parentId);
  const newest = entries.slice(-view.inlineEntries).reverse();
  return {
    object: 'list',
    data: newest.map(({ current }) => renderObject(view, current, [])),
    has_more: entries.length > newest.length,
    total_count: entries.length,
    url: list.url(parentId),
  };
}

function expandPath(
  view: View,
  kind: ObjectKind,
  stored: StripeObject,
  shown: StripeObject,
  path: string,
  prefix: string,
): StripeObject {
  if (`${prefix}${path}`.split('.').length > MAX_DEPTH) {
    throw badRequest('You cannot expand more than 4 levels of a property.', 'expand');
  }
  const known = Object.keys(kind.expandable).find((name) => path === name || path.startsWith(`${name}.`));
  const [field = '', inner] = known?.split('.') ?? [];
  const isHidden = !(field in shown) && kind.expandable[known ?? ''] !== undefined;
  if (known === undefined || isHidden) throw badRequest(`This property cannot be expanded (${path}).`, 'expand');
  const target = kind.expandable[known];
  if (target === undefined) {
    const value = field in kind.nested ? nestedList(view, kind, stored.id, field) : (stored[field] ?? null);
    return { ...shown, [field]: value };
  }
  const rest = path === known ? [] : [path.slice(known.length + 1)];
  const resolve = (id: unknown): unknown => {
    if (typeof id !== 'string') return id;
    const found = view.account.table(target).get(id);
    return found === undefined ? id : renderObject(view, found.current, rest, `${prefix}${known}.`);
  };
  const value = shown[field];
  if (inner === undefined) return { ...shown, [field]: Array.isArray(value) ? value.map(resolve) : resolve(value) };
  const entries = (value as readonly Record<string, unknown>[]).map((entry) => ({
    ...entry,
    [inner]: resolve(entry[inner]),
  }));
  return { ...shown, [field]: entries };
}
