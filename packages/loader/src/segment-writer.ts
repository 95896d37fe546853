import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { readChunks, type Segment } from './segment.js';

const FIRST_BUFFER_BYTES = 16 * 1024;
const BUFFER_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** Where segments of a writer go, and how large they get. */
export interface SegmentTarget {
  readonly folder: string;
  /** Begins every file name; made by us, never from a stream's name. */
  readonly prefix: string;
  /** A segment of so many records is closed and another begun. */
  readonly segmentRecords: number;
}

/** What {@link SegmentWriter.take} gives: the segments up to the last mark, and those behind it. */
export interface TakenSegments {
  readonly closed: readonly Segment[];
  readonly open: readonly Segment[];
}

/** A segment while it is written. */
interface Draft {
  readonly path: string;
  bytes: number;
  records: number;
  checksum: number;
  longestLine: number;
  carries: boolean;
  readonly lines: number[];
}

/** A place between two records. */
interface Mark {
  readonly segments: number;
  readonly bytes: number;
  readonly records: number;
}

/**
 * Gathers the RECORD lines of one stream in bounded files. The file is only open while a buffer is written to it, so a
 * thousand streams need no thousand descriptors.
 *
 * @throws every file error as it is (ENOSPC, EACCES); what was not written whole is never handed out
 */
export class SegmentWriter {
  readonly #target: SegmentTarget;
  #buffer: Buffer = Buffer.alloc(0);
  #buffered = 0;
  #draft: Draft | undefined;
  #done: Segment[] = [];
  #mark: Mark | undefined;
  #files = 0;
  #nextLine = -1;

  constructor(target: SegmentTarget) {
    this.#target = target;
  }

  /** Bytes held in memory. */
  get bufferedBytes(): number {
    return this.#buffer.length;
  }

  /** @param carries whether the line holds numbers as texts */
  append(source: Buffer, start: number, end: number, line: number, carries = false): void {
    const draft = this.#draft ?? this.#begin();
    if (line !== this.#nextLine || draft.records === 0) draft.lines.push(draft.records, line);
    this.#nextLine = line + 1;
    const length = end - start + 1;
    if (this.#buffered + length > this.#buffer.length) this.#makeRoom(length);
    source.copy(this.#buffer, this.#buffered, start, end);
    this.#buffer[this.#buffered + length - 1] = NEWLINE;
    this.#buffered += length;
    draft.bytes += length;
    draft.records += 1;
    if (length > draft.longestLine) draft.longestLine = length;
    if (carries) draft.carries = true;
    if (draft.records >= this.#target.segmentRecords) this.#finish();
  }

  /** Remembers this place: what came before it can be taken apart from what comes after. */
  mark(): void {
    this.#mark = { segments: this.#done.length, bytes: this.#draft?.bytes ?? 0, records: this.#draft?.records ?? 0 };
  }

  /** Hands out everything, cut at the last mark; without a mark all of it is open. */
  take(): TakenSegments {
    this.#finish();
    const segments = this.#done;
    const mark = this.#mark ?? { segments: 0, bytes: 0, records: 0 };
    this.#reset();
    const split = segments[mark.segments];
    if (split === undefined || mark.bytes === 0) {
      return { closed: segments.slice(0, mark.segments), open: segments.slice(mark.segments) };
    }
    const rest = segments.slice(mark.segments + 1);
    if (mark.bytes === split.bytes) return { closed: segments.slice(0, mark.segments + 1), open: rest };
    const [head, tail] = this.#cut(split, mark);
    return { closed: [...segments.slice(0, mark.segments), head], open: [tail, ...rest] };
  }

  /** Goes on writing behind the last of the segments handed out before, unless it is full; gives back the others. */
  resume(segments: readonly Segment[]): Segment[] {
    const last = segments.at(-1);
    if (last === undefined || last.records >= this.#target.segmentRecords) return [...segments];
    this.#draft = { ...last, lines: [...last.lines] };
    return segments.slice(0, -1);
  }

  /** Throws everything away. */
  drop(): void {
    this.#finish();
    for (const segment of this.#done) fs.rmSync(segment.path, { force: true });
    this.#reset();
  }

  /** Moves what is in memory to the file. */
  flush(): void {
    const draft = this.#draft;
    if (draft === undefined || this.#buffered === 0) return;
    const content = this.#buffer.subarray(0, this.#buffered);
    const file = fs.openSync(draft.path, fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_APPEND, 0o600);
    try {
      for (let at = 0; at < content.length; ) at += fs.writeSync(file, content, at);
    } finally {
      fs.closeSync(file);
    }
    draft.checksum = zlib.crc32(content, draft.checksum);
    this.#buffered = 0;
  }

  /** Moves what is in memory to the file and gives the memory back. */
  release(): void {
    this.flush();
    this.#buffer = Buffer.alloc(0);
  }

  #begin(): Draft {
    this.#draft = {
      path: this.#newPath(),
      bytes: 0,
      records: 0,
      checksum: 0,
      longestLine: 0,
      carries: false,
      lines: [],
    };
    return this.#draft;
  }

  #newPath(): string {
    this.#files += 1;
    return path.join(this.#target.folder, `${this.#target.prefix}-${this.#files}.ndjson`);
  }

  #makeRoom(length: number): void {
    this.flush();
    const wanted = Math.max(length, Math.min(BUFFER_BYTES, Math.max(FIRST_BUFFER_BYTES, this.#buffer.length * 4)));
    if (wanted > this.#buffer.length || this.#buffer.length > BUFFER_BYTES) this.#buffer = Buffer.allocUnsafe(wanted);
  }

  #finish(): void {
    const draft = this.#draft;
    if (draft === undefined) return;
    this.flush();
    if (draft.records > 0) this.#done.push({ ...draft });
    this.#draft = undefined;
    const mark = this.#mark;
    // A mark at the very end of the finished segment is one before the next.
    if (mark !== undefined && mark.segments === this.#done.length - 1 && mark.bytes === draft.bytes) this.mark();
  }

  #reset(): void {
    this.#done = [];
    this.#mark = undefined;
  }

  #cut(segment: Segment, mark: Mark): [Segment, Segment] {
    const headLines: number[] = [];
    const tailLines: number[] = [];
    for (let at = 0; at < segment.lines.length; at += 2) {
      const [record, line] = [segment.lines[at] as number, segment.lines[at + 1] as number];
      const next = segment.lines[at + 2] ?? segment.records;
      if (record < mark.records) headLines.push(record, line);
      if (next > mark.records) {
        const first = Math.max(record, mark.records);
        tailLines.push(first - mark.records, line + first - record);
      }
    }
    const tail: Draft = {
      path: this.#newPath(),
      bytes: segment.bytes - mark.bytes,
      records: segment.records - mark.records,
      checksum: 0,
      longestLine: segment.longestLine,
      carries: segment.carries,
      lines: tailLines,
    };
    const file = fs.openSync(tail.path, 'wx', 0o600);
    try {
      for (const chunk of readChunks(segment.path, mark.bytes, segment.bytes)) {
        for (let at = 0; at < chunk.length; ) at += fs.writeSync(file, chunk, at);
        tail.checksum = zlib.crc32(chunk, tail.checksum);
      }
    } finally {
      fs.closeSync(file);
    }
    fs.truncateSync(segment.path, mark.bytes);
    let checksum = 0;
    for (const chunk of readChunks(segment.path, 0, mark.bytes)) checksum = zlib.crc32(chunk, checksum);
    const head = { ...segment, bytes: mark.bytes, records: mark.records, checksum, lines: headLines };
    return [head, tail];
  }
}
