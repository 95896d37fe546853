import { Delivery } from './delivery.js';
import { graphTime } from './zone-time.js';

/** What lies below an account, named as the edges of the API are. */
export type EdgeName =
  | 'campaigns'
  | 'adsets'
  | 'ads'
  | 'adcreatives'
  | 'activities'
  | 'customaudiences'
  | 'customconversions'
  | 'adimages'
  | 'advideos'
  | 'adrules_library';

/** Edges whose archived and deleted objects are only listed when the status is asked for. */
export const STATUS_EDGES: ReadonlySet<string> = new Set(['campaigns', 'adsets', 'ads']);

/** An object below an account. */
export interface GraphObject {
  readonly id: string;
  readonly createdMs: number;
  updatedMs: number;
  /** Fields as the API shows them; numbers that it sends as texts are texts. */
  values: Readonly<Record<string, unknown>>;
}

/** An ad account with all that lies below it. Its days and times are those of its zone. */
export class AdAccount {
  readonly id: string;
  readonly timeZone: string;
  values: Readonly<Record<string, unknown>>;
  readonly delivery = new Delivery();
  readonly #edges = new Map<EdgeName, Map<string, GraphObject>>();

  constructor(id: string, timeZone: string, values: Readonly<Record<string, unknown>>) {
    this.id = id;
    this.timeZone = timeZone;
    this.values = values;
  }

  /** The account's own fields. */
  render(): Record<string, unknown> {
    return { id: `act_${this.id}`, account_id: this.id, timezone_name: this.timeZone, ...this.values };
  }

  /** Objects of an edge by id, newest first, as the API lists them. */
  objects(edge: EdgeName): GraphObject[] {
    const found = [...(this.#edges.get(edge)?.values() ?? [])];
    return found.sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
  }

  object(edge: EdgeName, id: string): GraphObject | undefined {
    return this.#edges.get(edge)?.get(id);
  }

  /** Adds or replaces an object. */
  put(edge: EdgeName, object: GraphObject): void {
    const own = this.#edges.get(edge) ?? new Map<string, GraphObject>();
    this.#edges.set(edge, own.set(object.id, object));
  }

  /**
   * Changes fields of an object.
   *
   * @throws {Error} when there is none
   */
  update(edge: EdgeName, id: string, values: Readonly<Record<string, unknown>>, timeMs: number): void {
    const object = this.object(edge, id);
    if (object === undefined) throw new Error(`No ${edge} ${id} in act_${this.id}`);
    object.values = { ...object.values, ...values };
    object.updatedMs = timeMs;
  }

  /** An object's fields as the API shows them. */
  renderObject(edge: EdgeName, object: GraphObject): Record<string, unknown> {
    const time = (ms: number): string => graphTime(this.timeZone, ms);
    const base: Record<string, unknown> = {
      id: object.id,
      account_id: this.id,
      created_time: time(object.createdMs),
      updated_time: time(object.updatedMs),
      ...object.values,
    };
    if (STATUS_EDGES.has(edge)) base['effective_status'] = this.effectiveStatus(edge, object);
    return base;
  }

  /** The status that counts: the own one, or that of what the object belongs to. */
  effectiveStatus(edge: string, object: GraphObject): string {
    const own = String(object.values['status'] ?? 'ACTIVE');
    if (edge === 'campaigns' || own === 'DELETED' || own === 'ARCHIVED') return own;
    const [parentEdge, parentKey] = edge === 'ads' ? (['adsets', 'adset_id'] as const) : CAMPAIGN_PARENT;
    const parent = this.object(parentEdge, String(object.values[parentKey]));
    if (parent === undefined) return own;
    const above = this.effectiveStatus(parentEdge, parent);
    if (above === 'DELETED' || above === 'ARCHIVED') return above;
    if (own === 'PAUSED' || above === 'ACTIVE') return own;
    return edge === 'ads' && above === 'PAUSED' ? 'ADSET_PAUSED' : 'CAMPAIGN_PAUSED';
  }
}

const CAMPAIGN_PARENT = ['campaigns', 'campaign_id'] as const;
