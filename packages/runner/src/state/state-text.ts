import { createHash } from 'node:crypto';
import {
  ConfigError,
  descriptorOf,
  type LosslessObject,
  type LosslessValue,
  NumberText,
  parseLossless,
  stringifyLossless,
} from '@cuttle/protocol';
import type { ConnectionState, StreamRecord } from './connection-state.js';

/** Version of the state file that this code writes. */
const STATE_VERSION = 1;

/** What a state file turned out to be. */
export type StateText =
  | { readonly kind: 'current'; readonly state: ConnectionState; readonly isEdited: boolean }
  /** A list of Airbyte state messages, as exported from a platform or written before version 1. */
  | { readonly kind: 'messages'; readonly messages: readonly LosslessObject[] }
  | { readonly kind: 'damaged'; readonly reason: string };

/** The text of a state file: JSON that a person can read, with a checksum over its content. */
export function encodeStateText(state: ConnectionState): string {
  const content = toLossless(state);
  const withSum = new Map([...content, ['checksum', checksum(content)]]) as LosslessObject;
  return `${pretty(withSum, 0)}\n`;
}

/**
 * Reads the text of a state file. The checksum covers the content, not the layout. A whole file from which someone took
 * the checksum was edited by hand and is accepted as such; a file that is cut off is no JSON, or has a wrong checksum.
 *
 * @throws {ConfigError} `STATE_TOO_NEW` for a file of a later version
 */
export function decodeStateText(text: string): StateText {
  let value: LosslessValue;
  try {
    value = parseLossless(text);
  } catch {
    return { kind: 'damaged', reason: text.trim() === '' ? 'it is empty' : 'it is not whole JSON' };
  }
  if (Array.isArray(value)) {
    const messages = value.filter((entry): entry is LosslessObject => entry instanceof Map);
    if (messages.length === value.length) return { kind: 'messages', messages };
    return { kind: 'damaged', reason: 'it is a list of something else than states' };
  }
  if (!(value instanceof Map)) return { kind: 'damaged', reason: 'it holds no state' };
  const version = numberOf(value.get('version'));
  if (version === undefined) return { kind: 'damaged', reason: 'it has no version' };
  if (version > STATE_VERSION) {
    throw new ConfigError(
      `The state file is of version ${version}; this version of cuttle knows ${STATE_VERSION}. Update cuttle; the file was not touched.`,
      { code: 'STATE_TOO_NEW' },
    );
  }
  const { sum, content } = splitChecksum(value);
  if (sum !== undefined && sum !== checksum(content)) return { kind: 'damaged', reason: 'its checksum is wrong' };
  const state = fromLossless(content);
  if (state === undefined) return { kind: 'damaged', reason: 'a part of it is missing' };
  return { kind: 'current', state, isEdited: sum === undefined };
}

function splitChecksum(value: LosslessObject): {
  readonly sum: LosslessValue | undefined;
  readonly content: LosslessObject;
} {
  const content = new Map(value);
  const sum = content.get('checksum');
  content.delete('checksum');
  return { sum, content };
}

function checksum(content: LosslessObject): string {
  return `sha256:${createHash('sha256').update(stringifyLossless(content)).digest('hex')}`;
}

function toLossless(state: ConnectionState): LosslessObject {
  const streams = state.streams.map((record) => {
    const entry: LosslessObject = new Map<string, LosslessValue>([['name', record.stream.name]]);
    if (record.stream.namespace != null) entry.set('namespace', record.stream.namespace);
    entry.set('syncMode', record.syncMode);
    entry.set('generationId', new NumberText(String(record.generationId)));
    entry.set('minimumGenerationId', new NumberText(String(record.minimumGenerationId)));
    entry.set('isOpen', record.isOpen);
    entry.set('syncId', new NumberText(String(record.syncId)));
    if (record.state !== undefined) entry.set('state', record.state);
    return entry;
  });
  const content: LosslessObject = new Map<string, LosslessValue>([
    ['version', new NumberText(String(STATE_VERSION))],
    ['project', state.project],
    ['connection', state.connection],
    ['target', state.target],
    ['syncId', new NumberText(String(state.syncId))],
    ['savedAt', state.savedAt],
    ['streams', streams],
  ]);
  if (state.shared !== undefined) content.set('shared', state.shared);
  return content;
}

function fromLossless(content: LosslessObject): ConnectionState | undefined {
  const [project, connection, target, savedAt] = ['project', 'connection', 'target', 'savedAt'].map((key) =>
    textOf(content.get(key)),
  );
  const syncId = numberOf(content.get('syncId'));
  const list = content.get('streams');
  if (project === undefined || connection === undefined || target === undefined || savedAt === undefined)
    return undefined;
  if (syncId === undefined || !Array.isArray(list)) return undefined;
  const streams = list.map(recordOf);
  if (!streams.every((record) => record !== undefined)) return undefined;
  const shared = content.get('shared');
  const base = { project, connection, target, savedAt, syncId, streams };
  return shared === undefined ? base : { ...base, shared };
}

function recordOf(value: LosslessValue): StreamRecord | undefined {
  if (!(value instanceof Map)) return undefined;
  const name = textOf(value.get('name'));
  const syncMode = value.get('syncMode');
  const generationId = numberOf(value.get('generationId'));
  const minimumGenerationId = numberOf(value.get('minimumGenerationId'));
  if (name === undefined || generationId === undefined || minimumGenerationId === undefined) return undefined;
  if (syncMode !== 'full_refresh' && syncMode !== 'incremental') return undefined;
  const state = value.get('state');
  return {
    stream: descriptorOf({ name, namespace: textOf(value.get('namespace')) ?? null }),
    syncMode,
    generationId,
    minimumGenerationId,
    isOpen: value.get('isOpen') === true,
    syncId: numberOf(value.get('syncId')) ?? 0,
    ...(state === undefined ? {} : { state }),
  };
}

function textOf(value: LosslessValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: LosslessValue | undefined): number | undefined {
  return value instanceof NumberText ? Number(value.text) : undefined;
}

/** JSON with an indentation of two; the states themselves stand on one line each. */
function pretty(value: LosslessValue, depth: number): string {
  const inner = '  '.repeat(depth + 1);
  const outer = '  '.repeat(depth);
  if (depth < 3 && value instanceof Map && value.size > 0) {
    const members = [...value].map(([key, member]) => `${inner}${JSON.stringify(key)}: ${pretty(member, depth + 1)}`);
    return `{\n${members.join(',\n')}\n${outer}}`;
  }
  if (depth < 2 && Array.isArray(value) && value.length > 0) {
    return `[\n${value.map((entry) => inner + pretty(entry, depth + 1)).join(',\n')}\n${outer}]`;
  }
  return stringifyLossless(value);
}
