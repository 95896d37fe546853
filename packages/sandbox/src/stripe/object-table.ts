import type { ObjectKind, StripeObject } from './object-kind.js';

/** An object as it is stored: with the fields of all API versions. */
export interface StoredObject {
  /** Order of insertion; decides among objects of the same second. */
  readonly sequence: number;
  /** Seconds since the epoch. */
  readonly created: number;
  current: StripeObject;
  isDeleted: boolean;
}

const PARENT_FIELDS = [
  'charge',
  'transfer',
  'fee',
  'file',
  'account',
  'customer',
  'invoice',
  'credit_note',
  'subscription',
];

/** The objects of one type in one account, kept in the order of lists: newest first, the later inserted first. */
export class ObjectTable {
  readonly kind: ObjectKind;
  readonly #byId = new Map<string, StoredObject>();
  /** Oldest first, so that adding a new object is cheap. */
  #ordered: StoredObject[] = [];
  #isSorted = true;
  readonly #children = new Map<string, StoredObject[]>();

  constructor(kind: ObjectKind) {
    this.kind = kind;
  }

  /** Adds an object; one that was deleted under the same id is replaced. */
  insert(sequence: number, created: number, object: StripeObject): void {
    if (this.#byId.get(object.id)?.isDeleted === false)
      throw new Error(`There already is a ${object.object} ${object.id}`);
    const stored: StoredObject = { sequence, created, current: object, isDeleted: false };
    this.#ordered = this.#byId.has(object.id)
      ? this.#ordered.filter(({ current }) => current.id !== object.id)
      : this.#ordered;
    this.#byId.set(object.id, stored);
    const last = this.#ordered.at(-1);
    if (last !== undefined && last.created > created) this.#isSorted = false;
    this.#ordered.push(stored);
    this.#index(stored);
  }

  /** The object, also a deleted one. */
  get(id: string): StoredObject | undefined {
    return this.#byId.get(id);
  }

  /** Oldest first, deleted ones among them. */
  all(): readonly StoredObject[] {
    if (!this.#isSorted) {
      this.#ordered.sort((a, b) => a.created - b.created || a.sequence - b.sequence);
      this.#isSorted = true;
    }
    return this.#ordered;
  }

  /** The objects that belong to another one, oldest first, without deleted ones. */
  childrenOf(parentField: string, parentId: string): readonly StoredObject[] {
    return (this.#children.get(`${parentField}=${parentId}`) ?? []).filter(({ isDeleted }) => !isDeleted);
  }

  /** An object never moves from one parent to another. */
  #index(stored: StoredObject): void {
    for (const field of PARENT_FIELDS) {
      const parent = stored.current[field];
      if (typeof parent !== 'string') continue;
      const key = `${field}=${parent}`;
      const list = this.#children.get(key);
      if (list === undefined) this.#children.set(key, [stored]);
      else list.push(stored);
    }
  }
}
