import type { Action, SchemaChange } from '../model/plan.js';

/** What happens while a plan is applied. */
export type ApplyEvent =
  | {
      readonly type: 'start';
      readonly key: string;
      readonly action: Action | 'check' | 'discover' | 'backfill' | 'sync';
    }
  | {
      readonly type: 'done';
      readonly key: string;
      readonly action: Action | 'check' | 'discover' | 'backfill' | 'sync';
    }
  | { readonly type: 'failed'; readonly key: string; readonly message: string }
  | { readonly type: 'skipped'; readonly key: string; readonly message: string }
  | {
      readonly type: 'job';
      readonly key: string;
      readonly job: number;
      readonly status: string;
      readonly rows: number | undefined;
    }
  | { readonly type: 'warning'; readonly message: string };

/** A job that was started. */
export interface StartedJob {
  readonly connection: string;
  readonly job: number;
  readonly what: 'backfill' | 'sync';
  /** Last status that was seen. */
  readonly status: string;
}

/** What became of each step of a plan. */
export interface ApplyReport {
  readonly done: readonly { readonly key: string; readonly action: Action }[];
  readonly failed: readonly { readonly key: string; readonly message: string }[];
  /** Not tried, because something before failed or a stop was asked for. */
  readonly skipped: readonly { readonly key: string; readonly message: string }[];
  /** What new images changed in the schemas of sources. */
  readonly schema: readonly SchemaChange[];
  readonly jobs: readonly StartedJob[];
  readonly warnings: readonly string[];
}
