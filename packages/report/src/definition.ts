/** What a dashboard shows; the same members as the document that describes it. */
export interface DashboardDefinition {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly cards: readonly CardDefinition[];
}

/** One card; see `DashboardCard` of the project package for the meaning of each member. */
export interface CardDefinition {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly type: 'vega' | 'bignumber' | 'table';
  readonly width: number;
  readonly height: number;
  readonly sql: string;
  readonly spec: object;
  readonly digits: number;
  readonly unit: string;
}
