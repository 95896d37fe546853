import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { JsonObject } from '@cuttle/protocol';

/** A record that was rejected. Holds no values. */
export interface Rejection {
  readonly stream: string;
  readonly key: string;
  readonly reason: string;
  /** HTTP status; 0 when nothing was sent. */
  readonly status: number;
  /** Syncs that tried it. */
  readonly attempt: number;
  readonly payloadHash: string;
}

/** The rejected records of all syncs: a file of one JSON a line; a record that is written later leaves it. */
export class Ledger {
  /** Rejections of this sync. */
  readonly rejected: Rejection[] = [];
  private readonly file: string | undefined;
  private readonly known = new Map<string, Rejection>();

  constructor(file: string | undefined) {
    this.file = file;
    if (file === undefined || !fs.existsSync(file)) return;
    for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const entry = JSON.parse(line) as Rejection;
      this.known.set(nameOf(entry.stream, entry.key), entry);
    }
  }

  /** Whether an earlier sync rejected it. */
  has(stream: string, key: string): boolean {
    return this.known.has(nameOf(stream, key));
  }

  reject(stream: string, key: string, reason: string, status: number, payload: JsonObject): void {
    const attempt = (this.known.get(nameOf(stream, key))?.attempt ?? 0) + 1;
    const payloadHash = createHash('sha256').update(JSON.stringify(payload)).digest('hex').slice(0, 16);
    const entry = { stream, key, reason, status, attempt, payloadHash };
    this.rejected.push(entry);
    this.known.set(nameOf(stream, key), entry);
  }

  /** It is written, or needs no writing. */
  clear(stream: string, key: string): void {
    this.known.delete(nameOf(stream, key));
  }

  /** Writes the file whole. */
  save(): void {
    if (this.file === undefined) return;
    const lines = [...this.known.values()].map((entry) => `${JSON.stringify(entry)}\n`);
    fs.writeFileSync(`${this.file}.tmp`, lines.join(''), { mode: 0o600 });
    fs.renameSync(`${this.file}.tmp`, this.file);
  }
}

function nameOf(stream: string, key: string): string {
  return JSON.stringify([stream, key]);
}
