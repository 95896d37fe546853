import { formatPosition } from '@cuttle/project';
import { ConfigError } from '@cuttle/protocol';
import { hashOf } from '../model/leaves.js';
import { blankItem, keyOf, type PlanItem, type PlanWarning, type SchemaChange } from '../model/plan.js';
import { diffLeaves } from './diff.js';
import type { PlanContext } from './make-plan.js';
import { connectorKey, type MatchedConnector } from './match.js';
import type { Work } from './planned.js';
import { committedStreams, diffCatalogs } from './schema-diff.js';

/** The part of a plan about connector definitions. */
export async function planConnectors(context: PlanContext): Promise<readonly Work[]> {
  const works: Work[] = [];
  for (const matched of context.matched.connectors) {
    const { wanted, definition } = matched;
    if (wanted.image === undefined) continue;
    refuseOldPlatform(context, matched);
    const item = definition === undefined ? created(matched) : await changed(context, matched);
    works.push({ kind: 'connector', item, wanted, remote: definition });
  }
  return works;
}

function created({ wanted }: MatchedConnector): PlanItem {
  const image = `${wanted.image?.repository}:${wanted.image?.tag}`;
  return { ...base(wanted.role, wanted.key), action: 'create', summary: image };
}

function base(role: 'source' | 'destination', key: string): PlanItem {
  return blankItem({ key: connectorKey(role, key), kind: 'connector', role, name: key });
}

async function changed(context: PlanContext, { wanted, definition }: MatchedConnector): Promise<PlanItem> {
  const key = connectorKey(wanted.role, wanted.key);
  const before = { image: `${definition!.repository}:${definition!.tag}`, title: definition!.name };
  const after = { image: `${wanted.image!.repository}:${wanted.image!.tag}`, title: wanted.title };
  const fields = diffLeaves(after, before, context.session.lock?.get(key)?.applied);
  const isBumped = fields.some(({ field }) => field === 'image');
  return {
    ...base(wanted.role, wanted.key),
    action: fields.length === 0 ? 'none' : 'update',
    id: definition!.id,
    summary: after.image,
    fields,
    affects: fields.length === 0 ? [] : affectedBy(context, definition!.id),
    schema: isBumped ? await schemaChanges(context, wanted.key) : [],
    warnings: isBumped ? runningSyncs(context, definition!.id) : [],
    seen: hashOf(before),
  };
}

function affectedBy(context: PlanContext, definitionId: string): readonly string[] {
  const { remote } = context;
  return (['source', 'destination'] as const).flatMap((role) =>
    remote.actors[role].flatMap((actor) => {
      if (actor.definitionId !== definitionId) return [];
      const connections = remote.connections.filter(
        ({ sourceId, destinationId }) => sourceId === actor.id || destinationId === actor.id,
      );
      return [keyOf(role, actor.name), ...connections.map(({ name }) => keyOf('connection', name))];
    }),
  );
}

/** What the committed catalog of the new version has, beside what the server keeps of the old one. */
async function schemaChanges(context: PlanContext, connector: string): Promise<readonly SchemaChange[]> {
  const { stack, matched, catalogs } = context;
  const found: SchemaChange[] = [];
  for (const actor of stack.actors.filter((entry) => entry.role === 'source' && entry.connector === connector)) {
    const remote = matched.actors.get(keyOf('source', actor.name));
    const after = committedStreams(stack.folder, actor.name);
    if (remote === undefined || after === undefined) continue;
    const before = await catalogs.get(remote.id);
    if (!(before instanceof Error)) found.push(...diffCatalogs(actor.name, before, after));
  }
  return found;
}

function runningSyncs(context: PlanContext, definitionId: string): readonly PlanWarning[] {
  const names = affectedBy(context, definitionId).filter((key) => key.startsWith('connection/'));
  const active = context.remote.connections.filter(
    (connection) => names.includes(keyOf('connection', connection.name)) && connection.status === 'active',
  );
  if (active.length === 0) return [];
  const message = `${active.length} active ${active.length === 1 ? 'connection runs' : 'connections run'} with the new image from the next sync on`;
  return [{ code: 'IMAGE_IN_USE', message }];
}

function refuseOldPlatform(context: PlanContext, { wanted }: MatchedConnector): void {
  if (context.remote.hasDefinitions) return;
  const at = formatPosition(wanted.position);
  const message = `${at} This server cannot list connector definitions (Airbyte before 1.6), which the image of "${wanted.key}" needs.`;
  throw new ConfigError(message, { code: 'PLATFORM_TOO_OLD' });
}
