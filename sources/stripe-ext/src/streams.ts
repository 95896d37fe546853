import { ConfigError } from '@cuttle/protocol';
import type { StripeConfig } from './config.js';
import { CHILDREN, type ChildResource, RESOURCES, type Resource } from './resource.js';
import { childRows, objectRows } from './rows.js';
import { readColumns } from './schema.js';
import type { Session } from './session.js';
import { StripeStream } from './stripe-stream.js';

/** A stream before it is made. */
export interface StreamDefinition {
  readonly name: string;
  /** What is listed and announced: the rows' own kind, or that of the objects they belong to. */
  readonly resource: Resource;
  readonly child: ChildResource | undefined;
}

/** Every stream, sorted by name. */
export function allStreams(): readonly StreamDefinition[] {
  const own = RESOURCES.map((resource) => ({ name: resource.stream, resource, child: undefined }));
  const children = CHILDREN.map((child) => ({ name: child.stream, resource: parentOf(child), child }));
  return [...own, ...children].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The streams that the config offers.
 *
 * @throws {ConfigError} `STREAM_UNKNOWN` for a name that there is no stream of
 */
export function findStreams({ streams = [] }: StripeConfig): readonly StreamDefinition[] {
  const all = allStreams();
  if (streams.length === 0) return all;
  const unknown = streams.find((name) => !all.some((definition) => definition.name === name));
  if (unknown === undefined) return all.filter(({ name }) => streams.includes(name));
  const known = all.map(({ name }) => name).join(', ');
  throw new ConfigError(`There is no stream "${unknown}" in streams. There are: ${known}.`, { code: 'STREAM_UNKNOWN' });
}

/** A stream of a read or of a discovery. */
export function makeStream(definition: StreamDefinition, config: StripeConfig, session: Session): StripeStream {
  const { name, resource, child } = definition;
  const columns = readColumns()[name] ?? {};
  const maker = child === undefined ? objectRows(resource) : childRows(child);
  const cursor = (child ?? resource).cursor;
  return new StripeStream({ name, resource, maker, cursor, columns, config, session });
}

/** The parents' kind as their children need it: what the children's rows do not show is not asked for. */
function parentOf(child: ChildResource): Resource {
  const parent = RESOURCES.find(({ stream }) => stream === child.parent)!;
  const lean = { ...parent, expand: [], legacyExpand: [], lists: [], entries: child.inline };
  return child.isUnannounced ? { ...lean, events: [], isRelisted: true } : lean;
}
