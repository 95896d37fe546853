import { beginsAt, type Span } from '@cuttle/protocol';
import { isNumberByte } from './byte-walk.js';
import type { RecordLine } from './message-router.js';
import { mayEndMeta, type RecordHead, type RecordTail, readHead, readTail } from './record-ends.js';

/**
 * Recognizes RECORD lines by comparing bytes with the ends of lines seen before, whatever the order of their keys and their
 * white space. A form that is not known yet is read by {@link readHead} and {@link readTail}, whose answer for the same
 * bytes is the same: which forms are known changes nothing but the time it takes.
 */

/**
 * Place of a stream, or -1 when it is unknown or cannot be told.
 *
 * @param namespace its JSON text; undefined when the ends of the line hold none
 */
export type FindStream = (buffer: Buffer, name: Span, namespace: Span | undefined) => number;

/** Forms that are compared with each line; senders that mix more streams pay for reading the ends. */
const MAX_FORMS = 16;
/** Longer ends are not kept. */
const MAX_END_BYTES = 1024;
/** `{"changes": []}` and shorter: a longer meta is not the same in every line. */
const CONSTANT_META_BYTES = 16;
const CLOSE_BRACE = 0x7d;
/** Bound once: called four times a record, the getter of a module's export shows. */
const isAt = beginsAt;

/** Bytes that lines have in common, but for one number. */
interface Ends {
  readonly before: Buffer;
  /** Undefined when there is no number. */
  readonly after: Buffer | undefined;
}

/** What lines of one stream and sender have in common. */
interface Form {
  readonly stream: number;
  readonly head: Ends;
  readonly tail: Ends;
  /** Bytes of the line behind the data's span. Undefined when the span ends with the data. */
  readonly afterSpan: number | undefined;
}

/** The forms of the lines of one input. */
export class RecordForms {
  readonly #find: FindStream;
  readonly #forms: Form[] = [];

  constructor(find: FindStream) {
    this.#find = find;
  }

  /** Place of the stream of a record, whose data span is set; -1 for a line that is no record or is not followed. */
  match(record: RecordLine): number {
    const { buffer, start, end } = record;
    const forms = this.#forms;
    for (let place = 0; place < forms.length; place += 1) {
      const form = forms[place] as Form;
      const data = headEnd(buffer, start, end, form.head);
      if (data < 0) continue;
      const dataEnd = tailStart(buffer, data, end, form.tail);
      if (dataEnd < 0 || buffer[dataEnd - 1] !== CLOSE_BRACE || mayEndMeta(buffer, dataEnd, data)) continue;
      record.dataStart = data;
      record.dataEnd = form.afterSpan === undefined ? dataEnd : end - form.afterSpan;
      if (place > 0) this.#bringForward(place);
      return form.stream;
    }
    return this.#read(record);
  }

  #bringForward(place: number): void {
    const [form] = this.#forms.splice(place, 1);
    this.#forms.unshift(form as Form);
  }

  #read(record: RecordLine): number {
    const { buffer, start, end } = record;
    const head = readHead(buffer, start, end);
    const tail = head === undefined ? undefined : readTail(buffer, head.data, end);
    if (head === undefined || tail === undefined || isKeyTwice(head, tail)) return -1;
    const of = (key: string) => head.members.get(key) ?? tail.members.get(key);
    const name = of('stream');
    if (name === undefined || of('type') === undefined) return -1;
    const stream = this.#find(buffer, name, of('namespace'));
    if (stream < 0) return -1;
    record.dataStart = head.data;
    record.dataEnd = spansToClose(head, tail) ? tail.close : tail.data;
    this.#learn(record, head, tail, stream);
    return stream;
  }

  #learn({ buffer, start, end }: RecordLine, head: RecordHead, tail: RecordTail, stream: number): void {
    const meta = tail.members.get('meta');
    const bytes = head.data - start + end - tail.data;
    if (bytes > MAX_END_BYTES || (meta !== undefined && meta.end - meta.start > CONSTANT_META_BYTES)) return;
    const form: Form = {
      stream,
      head: endsOf(buffer, start, head.data + 1, head.members.get('emitted_at')),
      tail: endsOf(buffer, tail.data, end, tail.members.get('emitted_at')),
      afterSpan: spansToClose(head, tail) ? end - tail.close : undefined,
    };
    if (this.#forms.length === MAX_FORMS) this.#forms.pop();
    this.#forms.unshift(form);
  }
}

function isKeyTwice(head: RecordHead, tail: RecordTail): boolean {
  for (const key of tail.members.keys()) if (head.members.has(key)) return true;
  return false;
}

/**
 * Of records in which `meta` alone stands behind the data, and `emitted_at` before it, the span takes in `meta`: that is
 * how released versions took the digests of our own kit's records.
 */
function spansToClose(head: RecordHead, tail: RecordTail): boolean {
  return head.members.has('emitted_at') && tail.members.size === 1 && tail.members.has('meta');
}

function endsOf(buffer: Buffer, start: number, end: number, number: Span | undefined): Ends {
  const copy = (from: number, to: number) => Buffer.from(buffer.subarray(from, to));
  if (number === undefined || !isNumberByte(buffer[number.start]))
    return { before: copy(start, end), after: undefined };
  return { before: copy(start, number.start), after: copy(number.end, end) };
}

/** Where the data begins, or -1. The last byte of a head is the data's first. */
function headEnd(buffer: Buffer, start: number, end: number, { before, after }: Ends): number {
  if (!isAt(buffer, start, end, before)) return -1;
  let at = start + before.length;
  if (after === undefined) return at - 1;
  const number = at;
  while (at < end && isNumberByte(buffer[at])) at += 1;
  return at > number && isAt(buffer, at, end, after) ? at + after.length - 1 : -1;
}

/** Where the tail begins, or -1. */
function tailStart(buffer: Buffer, floor: number, end: number, { before, after }: Ends): number {
  let at = end;
  if (after !== undefined) {
    at -= after.length;
    if (at <= floor || !isAt(buffer, at, end, after)) return -1;
    const number = at;
    while (at > floor && isNumberByte(buffer[at - 1])) at -= 1;
    if (at === number) return -1;
  }
  at -= before.length;
  return at > floor + 1 && isAt(buffer, at, end, before) ? at : -1;
}
