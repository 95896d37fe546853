import type { SandboxClock } from '../server/clock.js';
import { EventLog } from './event-log.js';
import { KINDS, kindNamed } from './kinds.js';
import type { StripeObject } from './object-kind.js';
import { ObjectTable, type StoredObject } from './object-table.js';
import { renderVersion } from './render.js';
import type { StripeSettings } from './settings.js';

/** A change of an object, as the history keeps it. */
interface Version {
  readonly atMs: number;
  /** Undefined when it was deleted. */
  readonly object: StripeObject | undefined;
}

/** How a change is made. */
export interface ChangeOptions {
  /** Event types in place of the usual ones; an empty list gives no event. */
  readonly events?: readonly string[];
  /** Milliseconds since the epoch; default the sandbox's clock. */
  readonly atMs?: number;
  /** Time until the events are listed, in ms; default by the settings. */
  readonly delayMs?: number;
}

/** One Stripe account: its objects with their history, and its events. */
export class StripeAccount {
  readonly id: string;
  readonly events = new EventLog();
  readonly #tables: ReadonlyMap<string, ObjectTable>;
  readonly #history = new Map<string, Version[]>();
  readonly #settings: StripeSettings;
  readonly #clock: SandboxClock;
  #sequence = 0;

  constructor(id: string, settings: StripeSettings, clock: SandboxClock) {
    this.id = id;
    this.#settings = settings;
    this.#clock = clock;
    this.#tables = new Map([...KINDS].map(([object, kind]) => [object, new ObjectTable(kind)]));
  }

  /** @throws {Error} when there is no such object type */
  table(object: string): ObjectTable {
    return this.#tables.get(kindNamed(object).object)!;
  }

  /** Makes an object; fields that are left out get usual values. @returns its id */
  create(object: string, values: Readonly<Record<string, unknown>> = {}, options: ChangeOptions = {}): string {
    const kind = kindNamed(object);
    const atMs = options.atMs ?? this.#clock.now();
    const created = typeof values['created'] === 'number' ? values['created'] : Math.floor(atMs / 1000);
    const sequence = this.#nextSequence();
    const id = String(values['id'] ?? `${kind.idPrefix}1Nv${sequence.toString(36).padStart(8, '0')}`);
    const { created: _created, ...rest } = values;
    const made: StripeObject = {
      id,
      object,
      ...(kind.createdField === undefined ? {} : { [kind.createdField]: created }),
      livemode: false,
      metadata: {},
      ...kind.defaults,
      ...('updated' in kind.defaults ? { updated: created } : {}),
      ...rest,
    };
    this.table(object).insert(sequence, created, made);
    this.#changed(made, undefined, options.events ?? kind.events.created, { ...options, atMs });
    return id;
  }

  /** Changes fields of an object. */
  update(object: string, id: string, values: Readonly<Record<string, unknown>>, options: ChangeOptions = {}): void {
    const stored = this.#existing(object, id);
    const atMs = options.atMs ?? this.#clock.now();
    const before = stored.current;
    const own = 'updated' in this.table(object).kind.defaults ? { updated: Math.floor(atMs / 1000) } : {};
    stored.current = { ...before, ...own, ...values, id, object };
    const kind = kindNamed(object);
    this.#changed(stored.current, before, options.events ?? kind.events.updated, { ...options, atMs });
  }

  /**
   * Deletes an object; a subscription is canceled by this and stays. What stands in the list of another object is not
   * announced itself: that object's event shows the list without it, and the list before in `previous_attributes`.
   */
  remove(object: string, id: string, options: ChangeOptions = {}): void {
    const stored = this.#existing(object, id);
    const kind = kindNamed(object);
    const atMs = options.atMs ?? this.#clock.now();
    if (object === 'subscription') {
      const canceled = { status: 'canceled', canceled_at: Math.floor(atMs / 1000) };
      this.update(object, id, canceled, { events: kind.events.deleted, ...options, atMs });
      return;
    }
    const parents = this.#parentsOf(stored.current);
    const before = parents.map(({ list, parent }) => this.#render(parent)[list]);
    stored.isDeleted = true;
    this.#changed(stored.current, undefined, options.events ?? kind.events.deleted, { ...options, atMs }, true);
    for (const [index, { list, parent }] of parents.entries()) {
      const types = options.events ?? kindNamed(parent.object).events.updated;
      for (const type of types) this.#addEvent(type, parent, { [list]: before[index] }, { ...options, atMs });
    }
  }

  /** Refunds a charge, in part or whole, as the dashboard does it. @returns the refund's id */
  refund(chargeId: string, amount: number | undefined, values: object = {}, options: ChangeOptions = {}): string {
    const { current: charge } = this.#existing('charge', chargeId);
    const refunded = Number(charge['amount_refunded']);
    const part = amount ?? Number(charge['amount']) - refunded;
    if (part <= 0 || refunded + part > Number(charge['amount'])) throw new Error(`${chargeId} has less left to refund`);
    const currency = charge['currency'];
    const id = this.create('refund', { charge: chargeId, amount: part, currency, ...values }, options);
    const total = refunded + part;
    const change = { amount_refunded: total, refunded: total === charge['amount'] };
    this.update('charge', chargeId, change, { ...options, events: ['charge.refunded'] });
    return id;
  }

  /** Objects of a type as they are now, oldest first, without deleted ones. */
  objects(object: string): StripeObject[] {
    return this.table(object)
      .all()
      .filter(({ isDeleted }) => !isDeleted)
      .map(({ current }) => current);
  }

  /** Every version of an object, oldest first; undefined stands for its deletion. */
  history(id: string): readonly Version[] {
    return this.#history.get(id) ?? [];
  }

  #existing(object: string, id: string): StoredObject {
    const stored = this.table(object).get(id);
    if (stored === undefined || stored.isDeleted) throw new Error(`No such ${object}: '${id}'`);
    return stored;
  }

  #changed(
    object: StripeObject,
    before: StripeObject | undefined,
    types: readonly string[],
    options: ChangeOptions & { readonly atMs: number },
    isDeleted = false,
  ): void {
    const { atMs } = options;
    const versions = this.#history.get(object.id) ?? [];
    versions.push({ atMs, object: isDeleted ? undefined : object });
    this.#history.set(object.id, versions);
    const previous = before === undefined ? undefined : changedFields(before, object);
    for (const type of types) this.#addEvent(type, object, previous, options);
  }

  /** Objects that have an object in a list which their events show. */
  #parentsOf(object: StripeObject): { readonly list: string; readonly parent: StripeObject }[] {
    return [...KINDS.values()].flatMap((kind) =>
      Object.entries(kind.nested).flatMap(([list, { kind: inner, parentField, isExpanded }]) => {
        if (inner !== object.object || isExpanded === true) return [];
        const parent = this.table(kind.object).get(String(object[parentField]));
        return parent === undefined || parent.isDeleted ? [] : [{ list, parent: parent.current }];
      }),
    );
  }

  #render(object: StripeObject): StripeObject {
    const { eventVersion, inlineEntries } = this.#settings;
    return renderVersion(this, kindNamed(object.object), object, eventVersion, inlineEntries);
  }

  #addEvent(
    type: string,
    object: StripeObject,
    previous: Readonly<Record<string, unknown>> | undefined,
    { atMs, delayMs = this.#settings.eventDelayMs }: ChangeOptions & { readonly atMs: number },
  ): void {
    const version = this.#settings.eventVersion;
    const created = Math.floor(atMs / 1000) - this.#settings.eventSkewSeconds;
    const sequence = this.#nextSequence();
    const event: StripeObject = {
      id: `evt_1Nv${sequence.toString(36).padStart(8, '0')}`,
      object: 'event',
      api_version: version,
      created,
      data: {
        object: this.#render(object),
        ...(previous === undefined ? {} : { previous_attributes: previous }),
      },
      livemode: false,
      pending_webhooks: 0,
      request: { id: null, idempotency_key: null },
      type,
    };
    this.events.add({ sequence, created, visibleFromMs: atMs + delayMs, event });
  }

  #nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}

function changedFields(before: StripeObject, after: StripeObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(before).filter(([name, value]) => after[name] !== value));
}
