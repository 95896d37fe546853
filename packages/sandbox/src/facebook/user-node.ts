import type { Request } from '../server/exchange.js';
import { pick, wantedFields } from './edges.js';
import { fieldError, GraphError } from './graph-error.js';
import { cutPage, type PageSource } from './paging.js';
import type { AdPlatform } from './platform.js';

const USER = { id: '10158000000000001', name: 'Novel reporting' };
const PERMISSIONS = ['ads_read', 'business_management', 'public_profile'];

/**
 * The node behind the token, `me`, or a page of one of its edges.
 *
 * @throws {GraphError} 100 for an edge or a field that there is not, 200 for ad accounts without `ads_read`
 */
export function userNode(platform: AdPlatform, edge: string | undefined, request: Request): object {
  switch (edge) {
    case undefined: {
      const fields = wantedFields(platform, request.query, 'User');
      return pick(USER, request.query.has('fields') ? fields : Object.keys(USER));
    }
    case 'adaccounts':
    case 'assigned_ad_accounts':
      return adAccounts(platform, request);
    case 'businesses':
      return businesses(platform, request);
    case 'permissions':
      return page(platform, request, permissions(platform));
    case 'accounts':
    case 'business_users':
      // A system user has neither pages nor people of a business behind it.
      return page(platform, request, []);
    default:
      throw fieldError([edge], 'User', true);
  }
}

function adAccounts(platform: AdPlatform, request: Request): object {
  if (platform.settings.deniedPermissions.includes('ads_read')) {
    const message = '(#200) Requires ads_management or ads_read permission to manage the object';
    throw new GraphError({ status: 403, code: 200, message });
  }
  const asked = wantedFields(platform, request.query, 'AdAccount');
  // An edge of accounts gives both ids even where no field is asked for.
  const fields = request.query.has('fields') ? asked : ['account_id', 'id'];
  const rows = platform.accounts().map((account) => pick(account.render(), fields));
  return page(platform, request, rows);
}

function businesses(platform: AdPlatform, request: Request): object {
  const fields = wantedFields(platform, request.query, 'Business');
  const shown = request.query.has('fields') ? fields : ['id', 'name'];
  const all = platform.accounts().flatMap(({ values }) => values['business'] ?? []) as Readonly<
    Record<string, unknown>
  >[];
  const byId = new Map(all.map((business) => [business['id'], business]));
  return page(
    platform,
    request,
    [...byId.values()].map((business) => pick(business, shown)),
  );
}

function permissions(platform: AdPlatform): readonly object[] {
  const { deniedPermissions } = platform.settings;
  return PERMISSIONS.map((permission) => ({
    permission,
    status: deniedPermissions.includes(permission) ? 'declined' : 'granted',
  }));
}

function page(platform: AdPlatform, request: Request, rows: readonly object[]): object {
  const source: PageSource<object> = {
    rows,
    render: (row) => row,
    cursorOf: (_row, index) => String(index),
    behind: (cursor) => Number(cursor) + 1,
    maxRows: platform.settings.maxPageRows,
  };
  return cutPage(request, platform.token, source);
}
