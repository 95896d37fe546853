import type { HttpClient } from '@cuttle/airbyte-cdk';
import { type JsonObject, SystemError } from '@cuttle/protocol';
import type { ThingApi } from './api.js';
import type { BulkAnswer } from './bulk-answer.js';
import { own } from './cast.js';
import type { StreamPlan } from './modes.js';
import { NewThings } from './new-things.js';
import { textOf, type Wanted } from './wanted.js';

/** Tries of a thing that fails alone, without a reason. */
const MAX_TRIES = 3;
/** Pause before it is looked what a lost request did, as a multiple of the first step of the backoff. */
const SETTLE_STEPS = 5;
const BACKOFF_MS = 1000;

/** Where it is told how each thing ended. */
interface CreateReport {
  created(entry: Wanted): void;
  rejected(entry: Wanted, reason: string, status: number): void;
}

/** What a {@link ThingCreator} is made of. */
export interface CreatorOptions {
  readonly api: ThingApi;
  readonly http: HttpClient;
  readonly plan: StreamPlan;
  readonly report: CreateReport;
  /** Called before each request that creates; a throw keeps it back. */
  readonly announce: (count: number) => Promise<void>;
  /** First step of the waits after a fault, in ms. */
  readonly backoffMs?: number | undefined;
}

/**
 * Creates things in bulk, none of them twice. When nobody knows whether a request did its work, it is looked what is
 * there before anything is sent again; a request that fails as a whole is split until what it fails for stands alone.
 */
export class ThingCreator {
  private readonly options: CreatorOptions;
  /** Field of the key; Bubble's own cannot be set. */
  private readonly field: string | undefined;
  private readonly newThings: NewThings | undefined;

  constructor(options: CreatorOptions) {
    const { mode, settings } = options.plan;
    const field = settings.match?.bubble_field;
    this.options = options;
    this.field = field === '_id' ? undefined : field;
    this.newThings = mode === 'insert' ? new NewThings(options.api.search, this.field) : undefined;
  }

  /** @throws {SystemError} `BUBBLE_ANSWER` when answers about a thing stay unreadable and it is not there */
  async create(entries: readonly Wanted[], tries = 1): Promise<void> {
    const { api, report, announce } = this.options;
    await this.newThings?.prepare();
    await announce(entries.length);
    const answer = await api.create(entries.map((entry) => this.thingOf(entry)));
    if (answer.kind === 'answered') return this.tell(entries, answer);
    const rest = answer.kind === 'refused' ? entries : await this.settle(entries);
    const [alone] = rest;
    if (rest.length > 1 || alone === undefined) return this.createHalves(rest);
    const isLast = answer.kind === 'refused' || tries >= MAX_TRIES;
    if (entries.length > 1) return this.create(rest);
    if (!isLast) return this.create(rest, tries + 1);
    if (answer.kind === 'unreadable') throw unreadable(api.type, answer.reason);
    report.rejected(alone, answer.reason, answer.kind === 'refused' ? answer.status : 0);
  }

  private async createHalves(entries: readonly Wanted[]): Promise<void> {
    const half = Math.ceil(entries.length / 2);
    for (const part of [entries.slice(0, half), entries.slice(half)]) if (part.length > 0) await this.create(part);
  }

  private thingOf({ match, values }: Wanted): JsonObject {
    return this.field === undefined || match === null ? values : { ...values, [this.field]: match };
  }

  private tell(entries: readonly Wanted[], { lines }: BulkAnswer & { readonly kind: 'answered' }): void {
    const { report } = this.options;
    for (const [index, entry] of entries.entries()) {
      const line = lines[index]!;
      if ('reason' in line) {
        report.rejected(entry, line.reason, 200);
      } else {
        this.newThings?.add(line.id);
        report.created(entry);
      }
    }
  }

  /**
   * What is not there after a request whose answer was lost. Bubble may still be at work, so it is looked until nothing
   * more appears.
   */
  private async settle(entries: readonly Wanted[]): Promise<readonly Wanted[]> {
    const { http, report, backoffMs = BACKOFF_MS } = this.options;
    const look = async () => {
      await http.wait(SETTLE_STEPS * backoffMs);
      return this.find(entries);
    };
    let before = -1;
    let found = await look();
    while (found.size > before && found.size < entries.length) {
      before = found.size;
      found = await look();
    }
    for (const [entry, id] of found) {
      this.newThings?.add(id);
      report.created(entry);
    }
    return entries.filter((entry) => !found.has(entry));
  }

  private async find(entries: readonly Wanted[]): Promise<ReadonlyMap<Wanted, string>> {
    if (this.newThings !== undefined) return this.newThings.find(entries);
    const field = this.field ?? '_id';
    const things = await this.options.api.search.find(
      field,
      entries.map(({ match }) => match),
    );
    const ids = new Map(things.map((thing) => [textOf(own(thing, field)), thing._id]));
    return new Map(
      entries.flatMap((entry): [Wanted, string][] => {
        const id = ids.get(entry.key);
        return id === undefined ? [] : [[entry, id]];
      }),
    );
  }
}

function unreadable(type: string, reason: string): SystemError {
  const message = `A thing of type "${type}" could not be created: ${reason}, ${MAX_TRIES} times. Is a proxy or another server in between?`;
  return new SystemError(message, { code: 'BUBBLE_ANSWER' });
}
