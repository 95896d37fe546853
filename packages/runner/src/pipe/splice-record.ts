import { type Envelope, parseLossless, SystemError, stringifyLossless } from '@cuttle/protocol';
import { joinMembers, splitMembers } from '../transform/members.js';
import type { RecordTransform } from '../transform/record-transform.js';
import type { OutBuffer } from './out-buffer.js';
import type { StreamRoute } from './stream-route.js';

const NAMESPACE_KEY = Buffer.from('"namespace"');
const NAMESPACE_PREFIX = Buffer.from('"namespace":');
const COMMA = Buffer.from(',');

/** What became of a record: `undecided` means that nothing was written and the record has to be normalised first. */
export type SpliceResult = 'written' | 'filtered' | 'undecided';

/**
 * Writes a record line with the destination's stream name and namespace and with the route's transform; every other byte
 * is unchanged.
 *
 * @param envelope the line's envelope
 * @param isNormal whether the line comes from {@link normaliseRecord}: then an absent namespace is surely absent
 */
export function spliceRecord(
  out: OutBuffer,
  buffer: Buffer,
  start: number,
  end: number,
  envelope: Envelope,
  route: StreamRoute,
  isNormal: boolean,
): SpliceResult {
  const { stream, namespace, data, recordStart } = envelope;
  if (stream === undefined || data === undefined || recordStart === undefined) return 'undecided';
  if (namespace === undefined && !isNormal) {
    const isMentioned = mentionsNamespace(buffer, recordStart, data.start) || mentionsNamespace(buffer, data.end, end);
    if (isMentioned) return 'undecided';
  }
  const edits = [{ from: stream.start, to: stream.end, text: route.mappedName }];
  if (namespace !== undefined) edits.push({ from: namespace.start, to: namespace.end, text: route.mappedNamespace });
  if (route.transform !== undefined) {
    const changed = transformData(buffer.toString('utf8', data.start, data.end), route.transform);
    if (changed === 'filtered') return changed;
    edits.push({ from: data.start, to: data.end, text: changed });
  }
  edits.sort((a, b) => a.from - b.from);
  let at = start;
  if (namespace === undefined && route.destination.namespace != null) {
    out.append(buffer, at, recordStart);
    for (const part of [NAMESPACE_PREFIX, route.mappedNamespace, COMMA]) out.append(part, 0, part.length);
    at = recordStart;
  }
  for (const edit of edits) {
    out.append(buffer, at, edit.from);
    out.append(edit.text, 0, edit.text.length);
    at = edit.to;
  }
  out.append(buffer, at, end);
  return 'written';
}

/** Null data has nothing to transform. */
function transformData(text: string, transform: RecordTransform): Buffer | 'filtered' {
  const members = splitMembers(text);
  if (members === undefined) {
    if (text === 'null') return Buffer.from(text);
    throw new SystemError('The source sent a record that is not valid JSON.', { code: 'RECORD_NOT_JSON' });
  }
  const changed = transform(members);
  return changed === undefined ? 'filtered' : Buffer.from(joinMembers(changed));
}

/** Whether the key stands outside the data: a namespace that is null there would win over an inserted one. */
function mentionsNamespace(buffer: Buffer, from: number, to: number): boolean {
  return buffer.subarray(from, to).includes(NAMESPACE_KEY);
}

/**
 * The same record in a form that {@link spliceRecord} decides: plain keys, each once, no null namespace. Numbers keep
 * their digits. Undefined when the JSON is no RECORD with a stream.
 *
 * @throws {SyntaxError} when the text is no JSON
 */
export function normaliseRecord(text: string): Buffer | undefined {
  const message = parseLossless(text);
  if (!(message instanceof Map) || message.get('type') !== 'RECORD') return undefined;
  const record = message.get('record');
  if (!(record instanceof Map) || typeof record.get('stream') !== 'string') return undefined;
  if (typeof record.get('namespace') !== 'string') record.delete('namespace');
  if (!record.has('data')) record.set('data', null);
  return Buffer.from(stringifyLossless(message));
}
