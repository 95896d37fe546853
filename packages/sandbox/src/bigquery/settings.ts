import { ApiError } from './api-error.js';

/** Switches of the stand-in, all changeable while it runs. */
export interface BigQuerySettings {
  /** Most bytes of rows in one page; default 10 MB, as on the real system. */
  maxPageBytes: number;
  /** Most rows in one page, whatever is asked for; default none. */
  maxPageRows: number | undefined;
  /** Most tables in one page of a list when none is asked for; default 50. */
  tablesPerPage: number;
  /** How often a query job says that it is not complete; default 1. */
  pendingPolls: number;
  /** Permissions that the account lacks, such as `bigquery.jobs.create`; default none. */
  deniedPermissions: readonly string[];
}

/** The settings at the start. */
export function defaultSettings(): BigQuerySettings {
  return {
    maxPageBytes: 10_000_000,
    maxPageRows: undefined,
    tablesPerPage: 50,
    pendingPolls: 1,
    deniedPermissions: [],
  };
}

/**
 * Checks a permission.
 *
 * @throws {ApiError} `accessDenied` when the account lacks it
 */
export function requirePermission(settings: BigQuerySettings, permission: string, on: string): void {
  if (!settings.deniedPermissions.includes(permission)) return;
  throw new ApiError(
    'accessDenied',
    `Access Denied: ${on}: User does not have ${permission} permission in ${on.toLowerCase()}.`,
  );
}
