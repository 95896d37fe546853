import type { Request } from '../server/exchange.js';
import { type AdAccount, type EdgeName, type GraphObject, STATUS_EDGES } from './ad-account.js';
import { fieldError, GraphError, type NodeType } from './graph-error.js';
import { cutPage } from './paging.js';
import type { AdPlatform } from './platform.js';
import { type Filter, listParam, meets, parseFilters } from './report-request.js';

const HIDDEN = ['ARCHIVED', 'DELETED'];
/** What the API gives without `fields`. */
const BARE = ['id'];
/** Types of the nodes that edges of an account list. */
const NODE_TYPES: Readonly<Record<EdgeName, NodeType>> = {
  campaigns: 'Campaign',
  adsets: 'AdSet',
  ads: 'Ad',
  adcreatives: 'AdCreative',
  activities: 'AdActivity',
  customaudiences: 'CustomAudience',
  customconversions: 'CustomConversion',
  adimages: 'AdImage',
  advideos: 'AdVideo',
  adrules_library: 'AdRule',
};

/** Whether a name is an edge of an account that lists objects. */
export function isEdge(name: string): name is EdgeName {
  return Object.hasOwn(NODE_TYPES, name);
}

/** A page of an edge of an account. */
export function listEdge(platform: AdPlatform, account: AdAccount, edge: EdgeName, request: Request): object {
  const fields = wantedFields(platform, request.query, NODE_TYPES[edge]);
  const filters = parseFilters(request.query);
  const statuses = listParam(request.query, 'effective_status');
  const asksStatus = statuses.length > 0 || filters.some(({ field }) => field.endsWith('effective_status'));
  const objects = account.objects(edge).filter((object) => {
    if (STATUS_EDGES.has(edge)) {
      const status = account.effectiveStatus(edge, object);
      if (!asksStatus && HIDDEN.includes(status)) return false;
      if (statuses.length > 0 && !statuses.includes(status)) return false;
    }
    if (edge === 'activities' && !isSince(object, request.query)) return false;
    return filters.every((filter) => meets(filter, actualOf(account, edge, object, filter)));
  });
  return cutPage(request, platform.token, {
    rows: objects,
    render: (object) => pick(account.renderObject(edge, object), fields, edge !== 'activities'),
    cursorOf: keyOf,
    behind: (cursor) => {
      const at = objects.findIndex((object) => keyOf(object) < cursor);
      return at < 0 ? objects.length : at;
    },
    maxRows: platform.settings.maxPageRows,
  });
}

/**
 * The fields of a request, after a look at what there is and what the token may see.
 *
 * @param of what they are fields of: a type of node, or a report
 * @throws {GraphError} 100 for a field that does not exist, 200 for one without a permission
 */
export function wantedFields(platform: AdPlatform, query: URLSearchParams, of: NodeType): readonly string[] {
  const { deniedFields, refusedFields, namesRefusedFields } = platform.settings;
  const fields = listParam(query, 'fields');
  const refused = fields.filter((field) => refusedFields.includes(field) || !/^[a-z0-9_]+$/.test(field));
  if (refused.length > 0) throw fieldError(refused, of, namesRefusedFields);
  const denied = fields.find((field) => deniedFields.includes(field));
  if (denied !== undefined) {
    const message = '(#200) Requires business_management permission to manage the object';
    throw new GraphError({ status: 403, code: 200, message });
  }
  return fields.length === 0 ? BARE : fields;
}

/** The fields of an object that were asked for, its id always when it has one; what is empty is left out. */
export function pick(
  object: Readonly<Record<string, unknown>>,
  fields: readonly string[],
  hasId = true,
): Record<string, unknown> {
  const entries = [...new Set([...fields, ...(hasId ? ['id'] : [])])].map((field) => [field, object[field]] as const);
  // Names such as __proto__ are data, so no plain assignment.
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Newest first: sorts like the list itself, backwards. */
function keyOf({ createdMs, id }: GraphObject): string {
  return `${String(createdMs).padStart(16, '0')}:${id}`;
}

/** `updated_time` is compared in seconds since the epoch, as the vendor's filters want it. */
function actualOf(account: AdAccount, edge: EdgeName, object: GraphObject, filter: Filter): unknown {
  const field = filter.field.split('.').at(-1) as string;
  if (field === 'updated_time') return Math.floor(object.updatedMs / 1000);
  if (field === 'created_time') return Math.floor(object.createdMs / 1000);
  const [level] = filter.field.split('.');
  const parent = `${level}_id`;
  if (field === 'id' && parent in object.values) return object.values[parent];
  return account.renderObject(edge, object)[field];
}

/** Activities come for a week unless `since` (seconds or a day) says more. */
function isSince(object: GraphObject, query: URLSearchParams): boolean {
  const since = query.get('since');
  if (since === null) return true;
  const fromMs = /^\d{9,}$/.test(since) ? Number(since) * 1000 : Date.parse(since);
  return object.createdMs >= fromMs;
}
