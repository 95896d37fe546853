import { canonicalJson, type Json } from '@cuttle/protocol';
import { wantedConnectionLeaves } from '../model/connections.js';
import { hashOf, type Leaves } from '../model/leaves.js';
import { keyOf, type Plan, type PlanCounts, type PlanItem, type PlanWarning } from '../model/plan.js';
import { type Remote, readRemote } from '../model/remote.js';
import { catalogsOf, type Session, wantedOf } from '../model/session.js';
import { wantedStreams } from '../model/streams.js';
import { planBackfills } from './backfills.js';
import { wantedActorLeaves } from './diff-actor.js';
import { type Matched, match } from './match.js';
import type { PlanOptions } from './options.js';
import { planActors } from './plan-actors.js';
import { planConnections } from './plan-connections.js';
import { planConnectors } from './plan-connectors.js';
import { findOrphans, planDestroys } from './plan-destroys.js';
import type { Planned, Work } from './planned.js';

/** What the parts of a plan are made from. */
export interface PlanContext {
  readonly session: Session;
  readonly stack: Planned['stack'];
  readonly remote: Remote;
  readonly matched: Matched;
  readonly catalogs: Planned['catalogs'];
  readonly options: PlanOptions;
  /** Keys of things that get another id, so that what hangs on them must, too. */
  readonly replaced: Set<string>;
  readonly uncompared: string[];
  readonly notes: PlanWarning[];
}

/**
 * Compares the documents with a server. Sends no write.
 *
 * @throws {ConfigError} `REFERENCE_UNRESOLVED` for a value that is no secret, `NAME_TWICE_ON_SERVER`, and others
 * @throws {ApiError} when the server does not answer
 */
export async function makePlan(session: Session, options: PlanOptions = {}): Promise<Planned> {
  const stack = wantedOf(session);
  const remote = await readRemote(session.api);
  const matched = await match(stack, remote, session.lock, session.api);
  const context: PlanContext = {
    session,
    stack,
    remote,
    matched,
    catalogs: catalogsOf(session),
    options,
    replaced: new Set(),
    uncompared: [],
    notes: [],
  };
  const works = options.destroy === undefined ? await changes(context) : await planDestroys(context, options.destroy);
  return assemble(context, selected(works, options.selector));
}

/** In the order in which they are applied: what others hang on first, what is destroyed last. */
async function changes(context: PlanContext): Promise<readonly Work[]> {
  const connectors = await planConnectors(context);
  const actors = await planActors(context);
  const connections = await planConnections(context);
  const orphans = context.options.prune === true ? findOrphans(context) : [];
  return [...connectors, ...actors, ...connections, ...(await planDestroys(context, orphans))];
}

/** What fits a selector, and the sources, destinations and connectors below it. */
function selected(works: readonly Work[], selector: string | undefined): readonly Work[] {
  if (selector === undefined) return works;
  const fits = (item: PlanItem): boolean => item.key.includes(selector);
  const needed = new Set<string>();
  for (const work of works.filter(({ item }) => fits(item))) {
    if (work.kind === 'connection') {
      needed.add(keyOf('source', work.wanted.source));
      needed.add(keyOf('destination', work.wanted.destination));
    }
  }
  for (const work of works) {
    const isNeeded = fits(work.item) || needed.has(work.item.key);
    if (work.kind === 'actor' && isNeeded)
      needed.add(keyOf('connector', `${work.wanted.role}/${work.wanted.connector}`));
  }
  return works.filter(({ item }) => fits(item) || needed.has(item.key));
}

function assemble(context: PlanContext, works: readonly Work[]): Planned {
  const { session, stack, remote, matched, options } = context;
  const shown = works.map(({ item }) => item).filter(isWorthSaying);
  const backfills = planBackfills(context, works);
  const orphans = options.destroy === undefined && options.prune !== true ? findOrphans(context) : [];
  const { lock, target, workspace } = session;
  const plan: Omit<Plan, 'fingerprint'> = {
    version: 1,
    project: stack.project,
    target: target.name,
    workspace,
    ...(lock?.writtenAt === undefined ? {} : { lockWrittenAt: lock.writtenAt }),
    items: shown,
    backfills,
    uncompared: [...context.uncompared].sort(),
    orphans,
    notes: context.notes,
    counts: countsOf(shown, context),
  };
  const wanted = works.map((work) => [work.item.key, wantedLeaves(work)]);
  const data = JSON.parse(JSON.stringify([plan.items, plan.backfills, plan.workspace.id, wanted])) as Json;
  return {
    plan: { ...plan, fingerprint: hashOf(canonicalJson(data)) },
    stack,
    remote,
    catalogs: context.catalogs,
    works,
    ids: idsOf(matched),
  };
}

/** What the documents say of a thing, secrets left out: of what is made an item shows a part only. */
function wantedLeaves(work: Work): Leaves {
  switch (work.kind) {
    case 'connector':
      return { image: work.wanted.image ?? null, title: work.wanted.title };
    case 'actor':
      return wantedActorLeaves(work.wanted, work.spec, work.remote);
    case 'connection':
      return wantedConnectionLeaves(work.wanted, wantedStreams(work.wanted, undefined));
    case 'destroy':
      return {};
    default: {
      const missing: never = work;
      return missing;
    }
  }
}

function isWorthSaying(item: PlanItem): boolean {
  return item.action !== 'none' || item.warnings.length > 0 || item.schema.length > 0;
}

function countsOf(items: readonly PlanItem[], context: PlanContext): PlanCounts {
  const count = (fits: (item: PlanItem) => boolean): number => items.filter(fits).length;
  const warnings = items.reduce((sum, item) => sum + item.warnings.length, 0);
  return {
    add: count(({ action }) => action === 'create'),
    change: count((item) => item.action === 'update' && !isDrift(item)),
    replace: count(({ action }) => action === 'replace'),
    destroy: count(({ action }) => action === 'destroy'),
    drifted: count(isDrift),
    warnings: warnings + context.notes.length + (context.uncompared.length > 0 ? 1 : 0),
  };
}

/** Whether a thing was only changed in Airbyte. */
export function isDrift(item: PlanItem): boolean {
  if (item.action !== 'update' || item.secrets.length > 0) return false;
  const fields = [...item.fields, ...item.streams.flatMap((stream) => stream.fields)];
  return fields.length > 0 && fields.every(({ origin }) => origin === 'airbyte');
}

function idsOf(matched: Matched): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const { wanted, id } of matched.connectors) {
    if (id !== undefined) ids.set(keyOf('connector', `${wanted.role}/${wanted.key}`), id);
  }
  for (const [key, thing] of [...matched.actors, ...matched.connections]) {
    if (thing !== undefined) ids.set(key, thing.id);
  }
  return ids;
}
