/** Something that spoils every report which holds it: an ad, a field, a day, or what several of them have in common. */
export interface Poison {
  readonly ad?: string;
  readonly field?: string;
  /** `YYYY-MM-DD`. */
  readonly day?: string;
  /** Where it shows: the job fails, the job is refused, or its result cannot be read. Default `job`. */
  readonly shows?: 'job' | 'create' | 'read';
}

/** Switches of the stand-in, all changeable while it runs. */
export interface GraphSettings {
  /** How often a job says that it is not complete; default 1. */
  pendingPolls: number;
  /** Jobs with an even (0) or odd (1) number take twice as long and two polls more; default none. */
  slowRuns: 0 | 1 | undefined;
  /** Rows above which a report is too large: its job fails with 2 (1504038); default none. */
  maxReportRows: number | undefined;
  /** Largest page that does not end in "Please reduce the amount of data"; default none. */
  maxPageRows: number | undefined;
  poison: readonly Poison[];
  /** Days (`YYYY-MM-DD`) whose jobs never get beyond 50 %; default none. */
  stuckDays: readonly string[];
  /** Calls of one account in an hour of the sandbox's clock before 80004 comes; default 100,000. */
  callsPerHour: number;
  /** Minutes that the account is told to stay away, whatever its calls; default 0. */
  regainMinutes: number;
  /** Utilisation in percent that answers report at least; default 0. */
  minUtilisation: number;
  /** Fields that the token may not read: (#200). */
  deniedFields: readonly string[];
  /** Fields that the API does not have (any more), of reports and of objects: (#100). */
  refusedFields: readonly string[];
  /** Whether the error names them; default true. */
  namesRefusedFields: boolean;
  /** Permissions that the token lacks, such as `ads_read`. */
  deniedPermissions: readonly string[];
}

/** The settings at the start. */
export function defaultSettings(): GraphSettings {
  return {
    pendingPolls: 1,
    slowRuns: undefined,
    maxReportRows: undefined,
    maxPageRows: undefined,
    poison: [],
    stuckDays: [],
    callsPerHour: 100_000,
    regainMinutes: 0,
    minUtilisation: 0,
    deniedFields: [],
    refusedFields: [],
    namesRefusedFields: true,
    deniedPermissions: [],
  };
}
