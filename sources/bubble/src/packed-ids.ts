/** Bubble's ids: creation time in ms, `x`, a random number of up to 18 digits. */
const PATTERN = /^(0|[1-9]\d{0,13})x(0|[1-9]\d{0,17})$/;
const BYTES_PER_ID = 14;
const TIME_BYTES = 6;

/** Ids in a form that takes about 19 bytes each in a state. */
export interface PackedIds {
  /** Base64 of 6 bytes of time and 8 bytes of the random number for each id. */
  readonly packed: string;
  /** Ids of another form, as they are. */
  readonly other: readonly string[];
}

/** Packs ids; sorted, so that equal sets give equal texts. */
export function packIds(ids: Iterable<string>): PackedIds {
  const other: string[] = [];
  const parts: Buffer[] = [];
  for (const id of ids) {
    const match = PATTERN.exec(id);
    if (match === null) {
      other.push(id);
      continue;
    }
    const part = Buffer.alloc(BYTES_PER_ID);
    part.writeUIntBE(Number(match[1]), 0, TIME_BYTES);
    part.writeBigUInt64BE(BigInt(match[2]!), TIME_BYTES);
    parts.push(part);
  }
  parts.sort(Buffer.compare);
  return { packed: Buffer.concat(parts).toString('base64'), other: other.sort() };
}

/** The ids that were packed. */
export function unpackIds({ packed, other }: PackedIds): Set<string> {
  const ids = new Set(other);
  const bytes = Buffer.from(packed, 'base64');
  for (let at = 0; at + BYTES_PER_ID <= bytes.length; at += BYTES_PER_ID) {
    ids.add(`${bytes.readUIntBE(at, TIME_BYTES)}x${bytes.readBigUInt64BE(at + TIME_BYTES)}`);
  }
  return ids;
}
