import { type BubbleField, elementType, isList } from './schema.js';

/** Thrown for a search that Bubble answers with 400. */
export class BadSearchError extends Error {}

/** A constraint of a search, its field known. */
export interface Constraint {
  readonly field: BubbleField;
  readonly type: ConstraintType;
  readonly value: unknown;
}

const CONSTRAINT_TYPES = [
  'equals',
  'not equal',
  'is_empty',
  'is_not_empty',
  'text contains',
  'not text contains',
  'greater than',
  'less than',
  'in',
  'not in',
  'contains',
  'not contains',
  'empty',
  'not empty',
  'geographic_search',
] as const;

/** The constraint types of the Data API. There is no "greater than or equal". */
type ConstraintType = (typeof CONSTRAINT_TYPES)[number];

/**
 * The constraints of the query parameter: a JSON array of `{key, constraint_type, value}`.
 *
 * @param find looks a field up by the name that the app shows
 * @throws {BadSearchError} for broken JSON, an unknown key or an unknown type
 */
export function parseConstraints(text: string | null, find: (key: string) => BubbleField | undefined): Constraint[] {
  if (text === null || text === '') return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BadSearchError('Constraints are not valid JSON');
  }
  if (!Array.isArray(parsed)) throw new BadSearchError('Constraints must be an array');
  return parsed.map((entry: unknown) => {
    const { key, constraint_type: type, value } = (entry ?? {}) as Record<string, unknown>;
    const field = find(String(key));
    if (field === undefined) throw new BadSearchError(`Field not found ${String(key)}`);
    const known = CONSTRAINT_TYPES.find((candidate) => candidate === type);
    if (known === undefined)
      throw new BadSearchError(`Invalid constraint type ${String(type)} on field ${field.display}`);
    return { field, type: known, value: field.type === 'date' ? dateValue(value, field) : value };
  });
}

function dateValue(value: unknown, field: BubbleField): unknown {
  if (value === undefined || value === null || typeof value === 'number') return value;
  const text = String(value);
  const time = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(time)) throw new BadSearchError(`Invalid date for field ${field.display}: ${text}`);
  return time;
}

/** Whether a value of a thing (undefined or null when empty; dates in milliseconds) meets a constraint. */
export function meets(value: unknown, constraint: Constraint): boolean {
  const wanted = constraint.value;
  const isEmpty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
  switch (constraint.type) {
    case 'equals':
      return !isEmpty && same(value, wanted);
    case 'not equal':
      return !same(value, wanted);
    case 'is_empty':
    case 'empty':
      return isEmpty;
    case 'is_not_empty':
    case 'not empty':
      return !isEmpty;
    case 'text contains':
      return containsWords(value, wanted);
    case 'not text contains':
      return !containsWords(value, wanted);
    case 'greater than':
      return !isEmpty && compareValues(value, wanted) > 0;
    case 'less than':
      return !isEmpty && compareValues(value, wanted) < 0;
    case 'in':
      return listOf(wanted).some((candidate) => same(value, candidate));
    case 'not in':
      return !listOf(wanted).some((candidate) => same(value, candidate));
    case 'contains':
      return listOf(value).some((element) => same(element, wanted));
    case 'not contains':
      return !listOf(value).some((element) => same(element, wanted));
    case 'geographic_search':
      return isNear(value, wanted);
    default:
      return constraint.type satisfies never;
  }
}

/** Order of two single values: numbers and dates by size, texts by code units; empty values first. */
export function compareValues(a: unknown, b: unknown): number {
  const aEmpty = a === undefined || a === null;
  const bEmpty = b === undefined || b === null;
  if (aEmpty || bEmpty) return Number(bEmpty) - Number(aEmpty);
  if (typeof a === 'number') return a - Number(b);
  const left = String(a);
  const right = String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether a field can be sorted by: single values only. */
export function isSortable(field: BubbleField): boolean {
  return !isList(field.type) && elementType(field.type) !== 'geographic_address';
}

function same(a: unknown, b: unknown): boolean {
  if (typeof a === 'number') return a === Number(b);
  if (typeof a === 'boolean') return String(a) === String(b);
  return a === b;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

/** Bubble's text search knows whole words in their stem only. */
function containsWords(value: unknown, wanted: unknown): boolean {
  const words = new Set(stems(String(value ?? '')));
  return stems(String(wanted ?? '')).every((word) => words.has(word));
}

function stems(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/(?:ing|ed|es|s|e)$/, ''));
}

const EARTH_RADIUS_MILES = 3958.8;

function isNear(value: unknown, wanted: unknown): boolean {
  const here = value as { lat?: number; lng?: number } | null | undefined;
  const there = wanted as { range?: number; unit?: string; lat?: number; lng?: number } | null | undefined;
  if (here?.lat === undefined || here.lng === undefined || there?.lat === undefined || there.lng === undefined) {
    return false;
  }
  const radians = Math.PI / 180;
  const a =
    Math.sin(((there.lat - here.lat) * radians) / 2) ** 2 +
    Math.cos(here.lat * radians) *
      Math.cos(there.lat * radians) *
      Math.sin(((there.lng - here.lng) * radians) / 2) ** 2;
  const miles = 2 * EARTH_RADIUS_MILES * Math.asin(Math.sqrt(a));
  return (there.unit === 'km' ? miles * 1.609344 : miles) <= (there.range ?? 0);
}
