/**
 * The Novel shop: people buy novels, or let the shop choose one ("surprise me"), and some come from ads.
 *
 * One set of facts from which every stand-in is filled, so that numbers agree across systems. All times are
 * milliseconds since the epoch; all amounts are in minor units (cents) unless the name says otherwise.
 */

/** `published` is clean: one charge and one purchase event an order. `awkward` adds what real shops have. */
export type Scenario = 'published' | 'awkward';

/** An interest of readers and a category of novels. */
export interface Category {
  readonly id: string;
  readonly name: 'art' | 'history' | 'romantic' | 'suprise me';
  readonly createdMs: number;
  readonly modifiedMs: number;
  readonly createdBy: string;
}

/** A book. `categoryIds` may be empty. */
export interface Novel {
  readonly id: string;
  readonly title: string;
  readonly priceMinor: number;
  readonly image: string;
  readonly description: string | undefined;
  readonly categoryIds: readonly string[];
  readonly createdMs: number;
  readonly modifiedMs: number;
  readonly createdBy: string;
}

/** A customer. Without an order there is no Stripe customer. */
export interface User {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string | undefined;
  readonly gender: 'male' | 'female' | undefined;
  readonly country: string;
  readonly interestIds: readonly string[];
  readonly stripeCustomerId: string | undefined;
  /** GA4's `user_pseudo_id` of this person's browser; undefined without consent. */
  readonly pseudoId: string | undefined;
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/** A sale. `id` is the text after "- " in the charge's description and GA4's `ecommerce.transaction_id`. */
export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly novelId: string;
  readonly status: 'pending' | 'done';
  readonly totalMinor: number;
  readonly createdMs: number;
  readonly modifiedMs: number;
  readonly visit: Visit;
}

/** A payment attempt, as Stripe would record it. */
export interface Charge {
  readonly id: string;
  /** The order that was paid; undefined for payments from outside the shop. */
  readonly orderId: string | undefined;
  readonly customerId: string;
  readonly amountMinor: number;
  readonly currency: 'eur';
  readonly status: 'succeeded' | 'failed';
  /** `Novel order - <order id>`, or undefined when nobody wrote one. */
  readonly description: string | undefined;
  readonly refundedMinor: number;
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** Money given back for a charge, whole or in part. */
export interface Refund {
  readonly id: string;
  readonly chargeId: string;
  readonly amountMinor: number;
  readonly createdMs: number;
}

/** An ad with the ad set and campaign above it. Ids have 17 or 18 digits. */
export interface Ad {
  readonly id: string;
  readonly name: string;
  readonly adSetId: string;
  readonly adSetName: string;
  readonly campaignId: string;
  readonly campaignName: string;
}

/** Where a visitor came from, in GA4's words; `ad` is set for visits from ads (`facebook` / `cpc`). */
export interface TrafficSource {
  readonly source: string;
  readonly medium: string;
  readonly name: string;
  readonly ad?: Ad;
}

/** One session on the shop's site. */
export interface Visit {
  readonly pseudoId: string | undefined;
  readonly sessionId: string;
  readonly sessionNumber: number;
  readonly startedMs: number;
  readonly country: string;
  readonly trafficSource: TrafficSource;
  readonly userFirstTouchMs: number;
}

/** The whole shop. Lists are in the order of creation. */
export interface Shop {
  readonly seed: number;
  readonly scenario: Scenario;
  /** First and last whole day of business, `YYYY-MM-DD`, UTC. */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly categories: readonly Category[];
  readonly novels: readonly Novel[];
  readonly users: readonly User[];
  readonly orders: readonly Order[];
  readonly charges: readonly Charge[];
  readonly refunds: readonly Refund[];
  readonly ads: readonly Ad[];
  /** Sessions that ended without an order. */
  readonly idleVisits: readonly Visit[];
}

/** Size, seed and period of a shop. */
export interface ShopOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default `published`. */
  readonly scenario?: Scenario;
  /** 1 or more, default 200. */
  readonly users?: number;
  /** Default 400. */
  readonly orders?: number;
  /** Sessions without an order, default 600. */
  readonly idleVisits?: number;
  /** First day, `YYYY-MM-DD`, default 2024-03-24 (the "surprise me" novel is born on it). */
  readonly firstDay?: string;
  /** Last day of business, default 2024-08-31. */
  readonly lastDay?: string;
}

/** Id of the "surprise me" novel, which one published model compares with literally. */
export const SURPRISE_NOVEL_ID = '1711283442816x164632984869928960';

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;
