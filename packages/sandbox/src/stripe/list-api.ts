import type { StoredEvent } from './event-log.js';
import { cutPage, pageParams, unknownParameter } from './list-page.js';
import type { ObjectKind, StripeObject } from './object-kind.js';
import type { StoredObject } from './object-table.js';
import type { Params } from './params.js';
import { entryPaths, renderObject, type View } from './render.js';
import { badRequest, noSuchObject } from './stripe-error.js';

const PAGE_PARAMS = ['limit', 'starting_after', 'ending_before', 'created', 'expand'];
/** Most event types of one request. */
const MAX_TYPES = 20;

/** An answer with a page of a list. */
export interface ListAnswer {
  readonly object: 'list';
  readonly data: readonly StripeObject[];
  readonly has_more: boolean;
  readonly url: string;
}

/** A page of all objects of a type. @throws {ApiFault} */
export function listObjects(view: View, kind: ObjectKind, params: Params): ListAnswer {
  for (const name of Object.keys(params)) {
    if (!PAGE_PARAMS.includes(name) && !kind.filters.includes(name)) throw unknownParameter(name);
  }
  for (const name of kind.requiredFilters) {
    if (params[name] === undefined) throw badRequest(`Missing required param: ${name}.`, name, 'parameter_missing');
  }
  const wanted = kind.filters.flatMap((name) =>
    typeof params[name] === 'string' ? [[name, params[name]] as const] : [],
  );
  const isWanted = (stored: StoredObject): boolean =>
    !stored.isDeleted && isListed(kind, stored, params) && wanted.every((filter) => isEqual(kind, stored, filter));
  const table = view.account.table(kind.object);
  return answer(view, `/v1/${kind.path}`, table.all(), params, isWanted, kind.object, kind.hasCreatedFilter);
}

/** A page of a list inside an object. @throws {ApiFault} */
export function listChildren(
  view: View,
  kind: ObjectKind,
  parentId: string,
  field: string,
  params: Params,
): ListAnswer {
  const nested = kind.nested[field]!;
  for (const name of Object.keys(params)) if (!PAGE_PARAMS.includes(name)) throw unknownParameter(name);
  const table = view.account.table(nested.kind);
  const entries = table.childrenOf(nested.parentField, parentId);
  return answer(view, nested.url(parentId).split('?')[0]!, entries, params, () => true, nested.kind, true);
}

/** A page of the events, newest first. @throws {ApiFault} */
export function listEvents(view: View, nowMs: number, params: Params): ListAnswer {
  const { type, types } = params;
  for (const name of Object.keys(params)) {
    if (!PAGE_PARAMS.includes(name) && !['type', 'types', 'delivery_success'].includes(name))
      throw unknownParameter(name);
  }
  if (type !== undefined && types !== undefined) {
    throw badRequest('You may only specify one of these parameters: type, types.', 'type');
  }
  if (Array.isArray(types) && types.length > MAX_TYPES) {
    throw badRequest(`You may only specify up to ${MAX_TYPES} event types.`, 'types');
  }
  const names = typeof type === 'string' ? [type] : Array.isArray(types) ? types : undefined;
  const page = pageParams(params, true);
  const events = view.account.events.visible(nowMs);
  const isWanted = ({ event }: StoredEvent): boolean =>
    names === undefined || names.some((name) => isOfType(event, name));
  const { data, hasMore } = cutPage(events, page, isWanted, (id) => {
    const at = events.findIndex(({ event }) => event.id === id);
    if (at >= 0) return at;
    if (!view.account.events.hasAged(id, nowMs)) throw noSuchObject('event', id, 'starting_after', 400);
    throw badRequest(`The page token '${id}' has aged out of our retention policy.`, 'starting_after');
  });
  return { object: 'list', data: data.map(({ event }) => event), has_more: hasMore, url: '/v1/events' };
}

function answer(
  view: View,
  url: string,
  entries: readonly StoredObject[],
  params: Params,
  isWanted: (stored: StoredObject) => boolean,
  object: string,
  hasCreated: boolean,
): ListAnswer {
  const page = pageParams(params, hasCreated);
  const { expand = [] } = params;
  if (!Array.isArray(expand)) throw badRequest('Invalid array', 'expand');
  const paths = entryPaths(expand);
  const { data, hasMore } = cutPage(entries, page, isWanted, (id) => {
    const at = entries.findIndex(({ current }) => current.id === id);
    if (at >= 0 && entries[at]?.isDeleted === false) return at;
    throw noSuchObject(object, id, page.startingAfter === undefined ? 'ending_before' : 'starting_after', 400);
  });
  const shown = data.map(({ current }) => renderObject(view, current, paths, 'data.'));
  return { object: 'list', data: shown, has_more: hasMore, url };
}

/** Canceled subscriptions are only listed on request. */
function isListed(kind: ObjectKind, { current }: StoredObject, params: Params): boolean {
  return kind.object !== 'subscription' || params['status'] !== undefined || current['status'] !== 'canceled';
}

function isEqual(kind: ObjectKind, { current }: StoredObject, [name, value]: readonly [string, string]): boolean {
  if (kind.object === 'subscription' && name === 'status' && value === 'all') return true;
  return String(current[name]) === value;
}

function isOfType(event: StripeObject, name: string): boolean {
  const type = String(event['type']);
  return name.endsWith('.*') ? type.startsWith(name.slice(0, -1)) : type === name;
}
