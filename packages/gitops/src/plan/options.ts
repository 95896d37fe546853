/** What a plan is made for. */
export interface PlanOptions {
  /** Destroy what is managed and no longer in the documents. */
  readonly prune?: boolean;
  /** Names or keys whose protection is lifted. */
  readonly allowDestroy?: readonly string[];
  /** Send secrets although nothing says that they changed: all, or those that fit one of the names. */
  readonly rotateSecrets?: true | readonly string[];
  /** Read changed streams again: those the plan flags, or streams by name, also as `connection:stream`. */
  readonly backfill?: true | readonly string[];
  /** Start the connectors to look at the schemas again. */
  readonly refreshSchema?: boolean;
  /** Only things whose key or name holds this text, and what they need. */
  readonly selector?: string;
  /** Destroy these, by name or key, and nothing else. */
  readonly destroy?: readonly string[];
}
