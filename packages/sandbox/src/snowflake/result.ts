/** A column of an answer. */
export interface ResultColumn {
  readonly name: string;
  /** `fixed`, `real`, `text`, `boolean`, `date`. */
  readonly type: string;
  readonly scale: number;
  readonly precision: number;
}

/** What a statement answers. Values are texts or null. */
export interface Result {
  readonly statementTypeId: number;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Instead of rows: where the driver copies the files of a PUT. */
  readonly upload?: Readonly<Record<string, unknown>>;
}

/** Kinds of statements by number, as the driver tells them apart. */
export const STATEMENT_TYPES = {
  select: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  copy: 0x3000,
  other: 0x6000,
} as const;

export function textColumn(name: string): ResultColumn {
  return { name, type: 'text', scale: 0, precision: 0 };
}

export function countColumn(name: string): ResultColumn {
  return { name, type: 'fixed', scale: 0, precision: 19 };
}

/** The answer to a statement that defines something, or a command. */
export function statusResult(text = 'Statement executed successfully.'): Result {
  return { statementTypeId: STATEMENT_TYPES.other, columns: [textColumn('status')], rows: [[text]] };
}

/** The answer to a statement that changed rows. */
export function countResult(statementTypeId: number, counts: Readonly<Record<string, number>>): Result {
  return {
    statementTypeId,
    columns: Object.keys(counts).map(countColumn),
    rows: [Object.values(counts).map(String)],
  };
}
