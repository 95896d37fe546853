/** A JSON object of Stripe. */
export type StripeObject = Readonly<Record<string, unknown>> & { readonly id: string; readonly object: string };

/** A list inside an object: at most ten entries inline, the rest behind its own address. */
interface NestedList {
  /** Object type of the entries. */
  readonly kind: string;
  /** Field of an entry that names the object it belongs to. */
  readonly parentField: string;
  /** Address of the whole list. */
  readonly url: (parentId: string) => string;
  /** Whether the list is only there when it is expanded. */
  readonly isExpanded?: boolean;
}

/** Which event types a change gives. An empty list gives none. */
export interface ChangeEvents {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
}

/** What the stand-in knows of an object type. */
export interface ObjectKind {
  /** `charge`. */
  readonly object: string;
  /** Path of its list below `/v1/`; undefined for objects that only stand inside others. */
  readonly path?: string;
  /** Begin of ids, with the underscore. */
  readonly idPrefix: string;
  /** Field with the time of creation; undefined for objects without one. */
  readonly createdField: 'created' | 'date' | undefined;
  /** Whether its list can be filtered by `created`. */
  readonly hasCreatedFilter: boolean;
  readonly events: ChangeEvents;
  /** Filters of its list by equal value. */
  readonly filters: readonly string[];
  /** Filters that have to be given. */
  readonly requiredFilters: readonly string[];
  /** Fields of a new object. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Paths that can be expanded, with the object type that the id names; `undefined` for fields that are only shown then. */
  readonly expandable: Readonly<Record<string, string | undefined>>;
  readonly nested: Readonly<Record<string, NestedList>>;
  /** What a GET of a deleted object gives: a stub with `deleted: true`, or 404. */
  readonly deletedAnswer: 'stub' | 'missing';
  /** Fields that are kept but never shown, among them usual ones that these objects do not have. */
  readonly hidden: readonly string[];
  /** Fields that only versions before 2025-03-31 have. */
  readonly legacyFields: readonly string[];
  /** Fields that only versions since 2025-03-31 have. */
  readonly modernFields: readonly string[];
}

type Partly = Partial<Omit<ObjectKind, 'events'>> & { readonly events?: Partial<ChangeEvents> };

/** A kind with the usual values for what is left out. */
export function objectKind(object: string, path: string | undefined, idPrefix: string, rest: Partly = {}): ObjectKind {
  return {
    object,
    idPrefix,
    createdField: 'created',
    hasCreatedFilter: true,
    filters: [],
    requiredFilters: [],
    defaults: {},
    expandable: {},
    nested: {},
    deletedAnswer: 'missing',
    hidden: [],
    legacyFields: [],
    modernFields: [],
    ...rest,
    ...(path === undefined ? {} : { path }),
    events: { created: [], updated: [], deleted: [], ...rest.events },
  };
}

/** Events `<prefix>.created`, `.updated`, `.deleted`. */
export function plainEvents(prefix: string, ...names: readonly (keyof ChangeEvents)[]): Partial<ChangeEvents> {
  return Object.fromEntries(names.map((name) => [name, [`${prefix}.${name}`]]));
}
