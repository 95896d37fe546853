import type { SourceContext } from '@cuttle/airbyte-cdk';
import { ConfigError, mapInSlots } from '@cuttle/protocol';
import type { StripeConfig } from './config.js';
import { hasCode } from './paging.js';
import { FORBIDDEN, resourceOf } from './policy.js';
import { RESOURCES } from './resource.js';
import { Session } from './session.js';
import type { StreamDefinition } from './streams.js';
import type { StripeClient, StripeObject } from './stripe-client.js';

/**
 * Reads one object of every kind that the streams need, and of the events, in the name of every account.
 *
 * @throws {ConfigError} naming all that the key may not read
 */
export async function checkAccess(
  ctx: SourceContext<StripeConfig>,
  streams: readonly StreamDefinition[],
): Promise<void> {
  const session = new Session(ctx, []);
  const { accounts } = await session.facts();
  const needsEvents = streams.some(({ resource }) => resource.events.length > 0);
  const paths = new Set(streams.map(({ resource }) => resource.path).concat(needsEvents ? ['/v1/events'] : []));
  const children = streams.flatMap(({ child }) => (child !== undefined && child.inline === undefined ? [child] : []));
  const childrenOf = (path: string) =>
    children.filter(({ parent }) => RESOURCES.some((known) => known.stream === parent && known.path === path));
  const requests = accounts.flatMap((ref) =>
    [...paths].map((path) => ({ client: session.client.as(ref.header), path, children: childrenOf(path) })),
  );
  const refused = new Set<string>();
  await mapInSlots(requests, ctx.config.concurrency, async ({ client, path, children: own }) => {
    const first = await readOne(client, path, refused);
    for (const { id } of first) for (const child of own) await readOne(client, child.path(id), refused);
  });
  if (refused.size === 0) return;
  const names = [...refused].sort();
  throw new ConfigError(
    `The api_key may not read ${names.join(', ')}: it lacks the right. Give the restricted key the read permission for ` +
      'them, or name the streams to read in `streams`. Incremental syncs need events.',
    { code: FORBIDDEN },
  );
}

/** At most one object of a list; takes note of a list that the key may not read. */
async function readOne(client: StripeClient, path: string, refused: Set<string>): Promise<readonly StripeObject[]> {
  try {
    return (await client.list(path, { limit: 1 })).data;
  } catch (error) {
    if (!hasCode(error, FORBIDDEN)) throw error;
    refused.add(resourceOf(path.split('?')[0] ?? ''));
    return [];
  }
}
