import { createHash } from 'node:crypto';
import {
  ConfigError,
  type LosslessObject,
  type LosslessValue,
  NumberText,
  parseLossless,
  type StreamDescriptor,
  SystemError,
  streamLabel,
  stringifyLossless,
} from '@cuttle/protocol';
import type { StreamRoute, StreamRoutes } from './stream-route.js';

/** The state of one stream, as the destination acknowledged it, under the source's name. */
interface AcknowledgedStream {
  readonly route: StreamRoute;
  /** Null clears. */
  readonly state: LosslessValue;
}

/** A state as the destination acknowledged it. */
export interface AcknowledgedState {
  readonly type: 'STREAM' | 'GLOBAL';
  readonly streams: readonly AcknowledgedStream[];
  /** Of a GLOBAL state. */
  readonly shared?: LosslessValue;
  /** As of {@link MappedState}. */
  readonly prints: readonly string[];
}

/** A STATE line under the destination's names, and whose it is. */
export interface MappedState {
  /** Newline included. */
  readonly line: string;
  readonly streams: readonly StreamRoute[];
  readonly isGlobal: boolean;
  /** One print of each stream's state, of a GLOBAL state one in all. */
  readonly prints: readonly string[];
}

/**
 * A STATE line of the source under the destination's names. Every other field is kept, numbers keep their digits; where
 * a filter removed records, `sourceStats.recordCount` is lowered by them, as the platform does.
 *
 * @throws {SystemError} `STATE_LEGACY`, `STATE_UNKNOWN_STREAM`, `STATE_INVALID`
 */
export function mapSourceState(text: string, routes: StreamRoutes): MappedState {
  const { message, state, parts } = takeApart(text, 'source');
  const found = parts.map((part) => findRoute(part, (stream) => routes.find(stream), 'source'));
  for (const [index, part] of parts.entries()) rename(part, found[index]!.destination);
  const counted = state.get('type') === 'GLOBAL' ? routes.all : found;
  const removed = counted.reduce((sum, route) => sum + route.filteredSinceState, 0);
  for (const route of counted) route.filteredSinceState = 0;
  if (removed > 0) lowerCount(state, removed);
  const isGlobal = state.get('type') === 'GLOBAL';
  return { line: `${stringifyLossless(message)}\n`, streams: found, isGlobal, prints: printsOf(state, parts) };
}

/**
 * A STATE line of the destination under the source's names.
 *
 * @throws {SystemError} as {@link mapSourceState}
 */
export function readAcknowledgedState(text: string, routes: StreamRoutes): AcknowledgedState {
  const { state, parts } = takeApart(text, 'destination');
  const streams = parts.map((part) => {
    const route = findRoute(part, (stream) => routes.findByDestination(stream), 'destination');
    return { route, state: part.get('stream_state') ?? null };
  });
  const prints = printsOf(state, parts);
  if (state.get('type') === 'STREAM') return { type: 'STREAM', streams, prints };
  const shared = (state.get('global') as LosslessObject).get('shared_state') ?? null;
  return { type: 'GLOBAL', streams, shared, prints };
}

/** Equal for states that say the same: digits behind a double's and the order of keys may change on the way. */
function printsOf(state: LosslessObject, parts: readonly LosslessObject[]): readonly string[] {
  const states = parts.map((part) => part.get('stream_state') ?? null);
  if (state.get('type') === 'STREAM') return states.map(printOf);
  const shared = (state.get('global') as LosslessObject).get('shared_state') ?? null;
  return [printOf([shared, ...states.map(printOf).sort()])];
}

function printOf(value: LosslessValue): string {
  return createHash('sha1').update(canonical(value)).digest('base64');
}

function canonical(value: LosslessValue): string {
  if (value instanceof NumberText) return String(Number(value.text));
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!(value instanceof Map)) return JSON.stringify(value);
  const members = [...value].map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.sort().join(',')}}`;
}

interface StateParts {
  readonly message: LosslessObject;
  readonly state: LosslessObject;
  /** Objects with `stream_descriptor` and `stream_state`. */
  readonly parts: readonly LosslessObject[];
}

function takeApart(text: string, role: 'source' | 'destination'): StateParts {
  const message = parseState(text, role);
  const state = message instanceof Map ? message.get('state') : undefined;
  if (!(message instanceof Map) || !(state instanceof Map)) throw invalid(role, 'it has no "state"');
  const type = state.get('type') ?? 'LEGACY';
  if (type === 'LEGACY') {
    throw new ConfigError(
      `The ${role} sends LEGACY states, which cannot be kept per stream; it needs a newer version.`,
      {
        code: 'STATE_LEGACY',
      },
    );
  }
  if (type === 'STREAM') {
    const stream = state.get('stream');
    if (!(stream instanceof Map)) throw invalid(role, 'it has no "stream"');
    return { message, state, parts: [stream] };
  }
  const global = state.get('global');
  if (type !== 'GLOBAL' || !(global instanceof Map)) throw invalid(role, 'its type is not known');
  const streams = global.get('stream_states') ?? [];
  const parts = Array.isArray(streams) ? streams.filter((part) => part instanceof Map) : [];
  return { message, state, parts };
}

function parseState(text: string, role: string): LosslessValue {
  try {
    return parseLossless(text);
  } catch (error) {
    throw invalid(
      role,
      error instanceof RangeError ? 'it is nested some thousand levels deep' : 'it is not valid JSON',
    );
  }
}

function findRoute(
  part: LosslessObject,
  find: (stream: StreamDescriptor) => StreamRoute | undefined,
  role: string,
): StreamRoute {
  const descriptor = part.get('stream_descriptor');
  const name = descriptor instanceof Map ? descriptor.get('name') : undefined;
  if (!(descriptor instanceof Map) || typeof name !== 'string') throw invalid(role, 'it names no stream');
  const namespace = descriptor.get('namespace');
  const stream = typeof namespace === 'string' ? { name, namespace } : { name };
  const route = find(stream);
  if (route !== undefined) return route;
  throw new SystemError(`The ${role} sent a state of stream "${streamLabel(stream)}", which is not in its catalog.`, {
    code: 'STATE_UNKNOWN_STREAM',
    stream,
  });
}

function rename(part: LosslessObject, stream: StreamDescriptor): void {
  const descriptor = part.get('stream_descriptor') as LosslessObject;
  descriptor.set('name', stream.name);
  if (stream.namespace == null) descriptor.delete('namespace');
  else descriptor.set('namespace', stream.namespace);
}

function lowerCount(state: LosslessObject, removed: number): void {
  const stats = state.get('sourceStats');
  const count = stats instanceof Map ? stats.get('recordCount') : undefined;
  if (!(stats instanceof Map) || !(count instanceof NumberText)) return;
  stats.set('recordCount', new NumberText(Math.max(0, Number(count.text) - removed).toFixed(1)));
}

function invalid(role: string, reason: string): SystemError {
  return new SystemError(`The ${role} sent a STATE that cannot be read: ${reason}.`, { code: 'STATE_INVALID' });
}
