import type { Json } from '@cuttle/protocol';

/** What a plan does with one thing. `none` has something to say but nothing to do. */
export type Action = 'create' | 'update' | 'replace' | 'destroy' | 'none';

/** Who changed a value: the documents, somebody in Airbyte since the last apply, or both. */
export type Origin = 'file' | 'airbyte' | 'both';

/** A value that differs; an absent side is not set there. Never a secret. */
export interface FieldChange {
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly origin: Origin;
}

/** What happens to a secret; its value is nowhere in a plan. */
export interface SecretChange {
  readonly field: string;
  /**
   * `new`: Airbyte has none yet. `rotated`: differs from what was sent last. `asked`: sent because it was asked for.
   * `needed`: stands in a list, where Airbyte keeps nothing, and goes along with a change.
   * `removed`: Airbyte has one that the documents do not name.
   */
  readonly state: 'new' | 'rotated' | 'asked' | 'needed' | 'removed';
  /** Where the value comes from: `$env NAME`. */
  readonly reference?: string;
}

/** A stream that differs. */
export interface StreamChange {
  readonly stream: string;
  readonly action: 'add' | 'change' | 'remove';
  readonly fields: readonly FieldChange[];
  /** Whether its old rows and cursor no longer fit. */
  readonly needsBackfill: boolean;
}

/** Streams and columns that differ between two versions of a connector. */
export interface SchemaChange {
  readonly source: string;
  readonly stream: string;
  readonly action: 'add' | 'change' | 'remove';
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Something that a person should know before the plan is applied. */
export interface PlanWarning {
  readonly code: string;
  readonly message: string;
}

/** What a plan does with one thing, and why. */
export interface PlanItem {
  /** `source/stripe-ext`; stable. */
  readonly key: string;
  readonly kind: 'connector' | 'source' | 'destination' | 'connection';
  /** Of a connector. */
  readonly role?: 'source' | 'destination';
  readonly name: string;
  readonly action: Action;
  /** Undefined for what is created. */
  readonly id?: string;
  /** What is created, as the documents have it; for a connector its image. */
  readonly summary?: string;
  readonly fields: readonly FieldChange[];
  readonly secrets: readonly SecretChange[];
  readonly streams: readonly StreamChange[];
  readonly schema: readonly SchemaChange[];
  readonly warnings: readonly PlanWarning[];
  /** Names of what hangs on it: of a connector that changes. */
  readonly affects: readonly string[];
  /** What goes with it when it is destroyed or replaced, and what is lost. */
  readonly cascade: readonly string[];
  readonly loss?: string;
  /** Why it may not be done. */
  readonly blocked?: string;
  /** Hash of what was read; apply stops when it changed since. */
  readonly seen?: string;
}

/** An item with which nothing is done yet: what a plan finds out is added to it. */
export function blankItem(item: Pick<PlanItem, 'key' | 'kind' | 'name' | 'role'>): PlanItem {
  return {
    ...item,
    action: 'none',
    fields: [],
    secrets: [],
    streams: [],
    schema: [],
    warnings: [],
    affects: [],
    cascade: [],
  };
}

/** Counts of a plan. */
export interface PlanCounts {
  readonly add: number;
  readonly change: number;
  readonly replace: number;
  readonly destroy: number;
  /** Things that were only changed in Airbyte. */
  readonly drifted: number;
  readonly warnings: number;
}

/** Streams that are read again from the start. */
export interface Backfill {
  readonly connection: string;
  readonly streams: readonly string[];
}

/** What would be done to an Airbyte server, as data. Holds no secret. */
export interface Plan {
  readonly version: 1;
  readonly project: string;
  readonly target: string;
  readonly workspace: { readonly id: string; readonly name: string };
  /** When the lock was written last; undefined without one. */
  readonly lockWrittenAt?: string;
  /** In the order in which they are done. */
  readonly items: readonly PlanItem[];
  readonly backfills: readonly Backfill[];
  /** Secrets that cannot be compared, `source/x field`. */
  readonly uncompared: readonly string[];
  /** Managed things that the documents no longer have; `--prune` destroys them. */
  readonly orphans: readonly string[];
  /** Hints that belong to no item. */
  readonly notes: readonly PlanWarning[];
  readonly counts: PlanCounts;
  /** Hash of documents and server; a saved plan applies only while it is the same. */
  readonly fingerprint: string;
}

/** Whether a plan would change anything. */
export function isEmpty(plan: Plan): boolean {
  return plan.items.every(({ action }) => action === 'none') && plan.backfills.length === 0;
}

/** Codes of warnings of what others did and no apply undoes by itself. */
const FOREIGN: readonly string[] = ['SECRET_CHANGED_OUTSIDE', 'CONNECTION_REMADE'];

/** Whether a warning says that Airbyte is not as it was left. */
export function isForeign({ code }: PlanWarning): boolean {
  return FOREIGN.includes(code);
}

/** Whether others changed what no apply undoes by itself: a secret, or a connection that was made anew. */
export function hasForeignChange(plan: Plan): boolean {
  return plan.items.some(({ warnings }) => warnings.some(isForeign));
}

/** Key of a thing. */
export function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}
