import fs from 'node:fs';
import {
  type LosslessObject,
  type LosslessValue,
  NumberText,
  parseLossless,
  stringifyLossless,
} from '@cuttle/protocol';
import type { AirbyteType } from './airbyte-type.js';
import type { Column, TablePlan } from './dialect.js';
import { isExact } from './exact-numbers.js';
import { RARE_FORMS } from './rare-forms.js';
import type { StagedLoad } from './warehouse.js';

/**
 * Batches of a few rows, as most streams of a sync have them. Planning the select that casts a hundred columns takes
 * longer than a few rows do, so rows on which nothing is out of the ordinary are taken apart here. One value that is not
 * in its usual form, one note in the record's meta, and the whole batch goes through the select, which knows every form.
 */

const MOST_RECORDS = 256;
const MOST_BYTES = 1024 * 1024;
/** Deeper values may need more stack to be written than they did to be read. */
const MOST_DEPTH = 100;

/** A value as the engine's column takes it: integers, days and microseconds as bigint, JSON as text. */
export type SmallValue = string | number | bigint | boolean | null;

/** The rows of a batch. */
export interface SmallBatch {
  /** Microseconds since 1970 of each row. */
  readonly extractedAt: readonly bigint[];
  /** Values of each column of the plan, in its order. */
  readonly columns: readonly (readonly SmallValue[])[];
}

/** Reads a batch; undefined when it is not small, or not all of it is in its usual form. */
export function readSmallBatch(load: StagedLoad): SmallBatch | undefined {
  if (load.segments.some(({ carries }) => carries)) return undefined;
  const bytes = load.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  if (load.records > MOST_RECORDS || bytes > MOST_BYTES) return undefined;
  const extractedAt: bigint[] = [];
  const columns = load.plan.columns.map((): SmallValue[] => []);
  for (const { path } of load.segments) {
    for (const line of fs.readFileSync(path, 'utf8').split('\n')) {
      if (line === '') continue;
      const row = usualRow(line, load.plan);
      if (row === undefined) return undefined;
      extractedAt.push(row.extractedAt);
      for (const [index, value] of row.values.entries()) (columns[index] as SmallValue[]).push(value);
    }
  }
  return extractedAt.length === load.records ? { extractedAt, columns } : undefined;
}

function usualRow(line: string, plan: TablePlan): { extractedAt: bigint; values: SmallValue[] } | undefined {
  const record = recordOf(line);
  const data = record?.get('data');
  const emittedAt = record?.get('emitted_at');
  if (!(data instanceof Map) || !(emittedAt instanceof NumberText) || !/^\d{1,15}$/.test(emittedAt.text))
    return undefined;
  if ((record?.get('meta') ?? null) !== null) return undefined;
  const values: SmallValue[] = [];
  for (const { property, type } of plan.columns) {
    const value = data.get(property) ?? null;
    const usual = value === null ? null : USUAL[type](value);
    if (usual === undefined) return undefined;
    values.push(usual);
  }
  return hasKey(plan, values) ? { extractedAt: BigInt(emittedAt.text) * 1000n, values } : undefined;
}

function recordOf(line: string): LosslessObject | undefined {
  // What is not UTF-8, and escapes of what no text may hold, are left to those who note them.
  if (/\ufffd|\\u(?:0000|[dD][89a-fA-F])/.test(line)) return undefined;
  try {
    let repeatsKey = false;
    const message = parseLossless(line, () => {
      repeatsKey = true;
    });
    const record = message instanceof Map && !repeatsKey ? message.get('record') : undefined;
    return record instanceof Map ? record : undefined;
  } catch {
    return undefined;
  }
}

/** A key that is null throughout is an error, which the select raises. */
function hasKey(plan: TablePlan, values: readonly SmallValue[]): boolean {
  if (plan.key.length === 0) return true;
  return plan.columns.some(({ name }: Column, index) => plan.key.includes(name) && values[index] !== null);
}

/** By type: the value of the column, undefined for what is not in its usual form. */
const USUAL: Readonly<Record<AirbyteType, (value: LosslessValue) => SmallValue | undefined>> = {
  string: (value) => (typeof value === 'string' ? value : undefined),
  integer: (value) => (value instanceof NumberText && /^-?\d{1,18}$/.test(value.text) ? BigInt(value.text) : undefined),
  number: (value) => (value instanceof NumberText && isPlainNumber(value.text) ? Number(value.text) : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  date: (value) => (isDay(value) ? BigInt(Date.parse(`${value}T00:00:00Z`)) / 86_400_000n : undefined),
  time_with_timezone: (value) =>
    matching(value, /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[-+](?:[01]\d|2[0-3]):[0-5]\d)$/),
  time_without_timezone: (value) => {
    const text = matching(value, /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/);
    return text === undefined ? undefined : microseconds(`1970-01-01T${text}`, '+00:00');
  },
  timestamp_with_timezone: timestamp,
  timestamp_without_timezone: timestamp,
  object: (value) => (value instanceof Map ? plainJson(value) : undefined),
  array: (value) => (Array.isArray(value) ? plainJson(value) : undefined),
  union: plainJson,
  unknown: plainJson,
};

function matching(value: LosslessValue, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

/** Numbers that every library reads alike. */
function isPlainNumber(text: string): boolean {
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) && text !== '-0' && isExact(text);
}

function isDay(value: LosslessValue): value is string {
  return matching(value, /^\d{4}-\d\d-\d\d$/) !== undefined && RARE_FORMS.date(value as string) !== undefined;
}

/** The instant in microseconds; without an offset it is UTC, as the select has it. */
function timestamp(value: LosslessValue): bigint | undefined {
  const text = matching(value, /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[-+]\d\d:?\d\d)?$/);
  const usual = text === undefined ? undefined : RARE_FORMS.timestamp_with_timezone(text);
  return usual === undefined ? undefined : microseconds(usual.slice(0, 26), usual.slice(29));
}

/** @param text `YYYY-MM-DD HH:MM:SS`, with digits behind it or not; @param offset `+hh:mm` */
function microseconds(text: string, offset: string): bigint {
  const seconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}${offset}`);
  return BigInt(seconds) * 1000n + BigInt(text.slice(20).padEnd(6, '0'));
}

/** JSON text as the engine writes it; undefined when libraries may differ in how they do. */
function plainJson(value: LosslessValue): string | undefined {
  return isPlainJson(value) ? stringifyLossless(value) : undefined;
}

function isPlainJson(value: LosslessValue, depth = 0): boolean {
  if (depth > MOST_DEPTH) return false;
  if (value instanceof NumberText)
    return /^-?(?:0|[1-9]\d{0,8})(?:\.\d{0,5}[1-9])?$/.test(value.text) && value.text !== '-0';
  if (typeof value === 'string') return isPlainText(value);
  if (Array.isArray(value)) return value.every((item) => isPlainJson(item, depth + 1));
  if (value instanceof Map) {
    return [...value].every(([key, member]) => isPlainText(key) && isPlainJson(member, depth + 1));
  }
  return true;
}

function isPlainText(text: string): boolean {
  return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text);
}
