import { isKnownError } from '@cuttle/protocol';
import type { RemoteTag } from '../client/wire.js';
import type { LockEntry } from '../model/lock.js';
import type { Action, SchemaChange } from '../model/plan.js';
import type { Session } from '../model/session.js';
import type { Planned } from '../plan/planned.js';
import type { ApplyEvent, ApplyReport, StartedJob } from './report.js';

/** How a plan is applied. */
export interface ApplyOptions {
  /** Whether connectors are checked before they are wired; default true. */
  readonly check?: boolean;
  /** Starts a sync of each connection that changed. */
  readonly syncChanged?: boolean;
  /** Waits for the jobs that were started. */
  readonly wait?: boolean;
  /** Once aborted, the writes under way are finished and nothing new begins. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ApplyEvent) => void;
}

/** The state of an apply. */
export class ApplyContext {
  readonly session: Session;
  readonly planned: Planned;
  readonly options: ApplyOptions;
  /** Id of each thing, by key; grows as things are made. */
  readonly ids: Map<string, string>;
  /** Tags by name. */
  readonly tags = new Map<string, RemoteTag>();
  /** Keys of sources whose schema was read again. */
  readonly refreshed = new Set<string>();
  readonly jobs: StartedJob[] = [];
  readonly schema: SchemaChange[] = [];
  readonly #done: { key: string; action: Action }[] = [];
  readonly #failed: { key: string; message: string }[] = [];
  readonly #skipped: { key: string; message: string }[] = [];
  readonly #warnings: string[] = [];

  constructor(session: Session, planned: Planned, options: ApplyOptions) {
    this.session = session;
    this.planned = planned;
    this.options = options;
    this.ids = new Map(planned.ids);
  }

  emit(event: ApplyEvent): void {
    this.options.onEvent?.(event);
  }

  warn(message: string): void {
    this.#warnings.push(message);
    this.emit({ type: 'warning', message });
  }

  /** Why a thing cannot be used: it failed or was skipped. */
  isBroken(key: string): boolean {
    return [...this.#failed, ...this.#skipped].some((entry) => entry.key === key);
  }

  fail(key: string, error: unknown): void {
    // Wrong credentials and defects of ours end the whole apply.
    if (!isKnownError(error) || error.code === 'CREDENTIAL_REJECTED') throw error;
    const message = this.session.client.mask(error.message);
    this.#failed.push({ key, message });
    this.emit({ type: 'failed', key, message });
  }

  /** The result of a call that several things need; when it fails, all of them did, and it is undefined. */
  async attempt<Result>(keys: readonly string[], call: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await call();
    } catch (error) {
      for (const key of keys) this.fail(key, error);
      return undefined;
    }
  }

  skip(key: string, message: string): void {
    this.#skipped.push({ key, message });
    this.emit({ type: 'skipped', key, message });
  }

  /** Skips a thing once a stop was asked for. @returns whether it was skipped */
  skipsAfterStop(key: string): boolean {
    if (this.options.signal?.aborted !== true) return false;
    this.skip(key, 'a stop was asked for');
    return true;
  }

  /**
   * Does one step of a plan. Skipped after a stop, or when something that it hangs on is broken; a failure is noted and
   * others go on.
   *
   * @param needs keys of what it hangs on
   */
  async step(key: string, action: Action, needs: readonly string[], work: () => Promise<void>): Promise<void> {
    const broken = needs.filter((need) => this.isBroken(need));
    if (broken.length > 0) return this.skip(key, `${broken.join(' and ')} did not succeed`);
    if (this.skipsAfterStop(key)) return;
    this.emit({ type: 'start', key, action });
    try {
      await work();
    } catch (error) {
      return this.fail(key, error);
    }
    this.#done.push({ key, action });
    this.emit({ type: 'done', key, action });
  }

  /** Remembers a thing in the lock, when there is one. */
  remember(key: string, id: string, more: Omit<LockEntry, 'id'>): void {
    this.ids.set(key, id);
    this.session.lock?.set(key, { id, ...more });
  }

  report(): ApplyReport {
    return {
      done: this.#done,
      failed: this.#failed,
      skipped: this.#skipped,
      schema: this.schema,
      jobs: this.jobs,
      warnings: this.#warnings,
    };
  }
}
