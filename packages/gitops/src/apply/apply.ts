import { ConfigError } from '@cuttle/protocol';
import { takeWriteLock } from '../model/lock.js';
import type { Session } from '../model/session.js';
import { demandSecrets } from '../plan/plan-actors.js';
import type { Planned, Work } from '../plan/planned.js';
import { type ActorWork, applyActors, finishReplacements } from './apply-actors.js';
import { applyConnections, type ConnectionWork } from './apply-connections.js';
import { applyConnectors } from './apply-connectors.js';
import { applyDestroys } from './apply-destroys.js';
import { ApplyContext, type ApplyOptions } from './context.js';
import { checkActors, prepareTags, refreshSchemas } from './prepare.js';
import type { ApplyReport } from './report.js';
import { runBackfills, runSyncs, waitForJobs } from './run-jobs.js';

/**
 * Does what a plan says: definitions, sources and destinations, checks, schemas, tags, connections, what is destroyed,
 * jobs. Each thing is read again before it is written. It may be killed at any point and run again.
 *
 * @throws {ConfigError} `BLOCKED` and `REFERENCE_UNRESOLVED` before the first write; `APPLY_LOCKED`;
 *   `PLAN_STALE` when another apply wrote the lock file since the plan; `CREDENTIAL_REJECTED`
 */
export async function applyPlan(session: Session, planned: Planned, options: ApplyOptions = {}): Promise<ApplyReport> {
  refuseBlocked(planned);
  demandSecrets(planned.works);
  const startedAt = new Date(session.client.clock.now()).toISOString();
  const release = session.lock === undefined ? undefined : takeWriteLock(session.lock.file, startedAt);
  try {
    session.lock?.demandUnchanged();
    const context = new ApplyContext(session, planned, options);
    await run(context);
    return context.report();
  } finally {
    release?.();
  }
}

async function run(context: ApplyContext): Promise<void> {
  const { works, plan } = context.planned;
  const connectors = works.filter((work): work is Work & { readonly kind: 'connector' } => work.kind === 'connector');
  const actors = works.filter((work): work is ActorWork => work.kind === 'actor');
  const connections = works.filter((work): work is ConnectionWork => work.kind === 'connection');
  const destroys = works.filter((work): work is Work & { readonly kind: 'destroy' } => work.kind === 'destroy');
  await applyConnectors(context, connectors);
  await applyActors(context, actors);
  await checkActors(context, actors, connections);
  await refreshSchemas(context, actors);
  await prepareTags(context, connections);
  await applyConnections(context, connections);
  await finishReplacements(context, actors);
  await applyDestroys(context, destroys);
  await runBackfills(context, plan.backfills);
  if (context.options.syncChanged === true) await runSyncs(context, connections);
  if (context.options.wait === true) await waitForJobs(context);
}

/** @throws {ConfigError} `BLOCKED` */
function refuseBlocked(planned: Planned): void {
  const blocked = planned.plan.items.filter((item) => item.blocked !== undefined);
  if (blocked.length === 0) return;
  const lines = blocked.map(({ key, action, blocked: reason }) => `${action} of ${key} is refused: ${reason}.`);
  throw new ConfigError(`${lines.join('\n')}\nNothing was applied.`, { code: 'BLOCKED' });
}
