import { createHash } from 'node:crypto';
import type { FieldSelection, TransformStep } from '@cuttle/project';
import { SystemError } from '@cuttle/protocol';
import type { Members } from './members.js';

/** Changes the members of a record's data; undefined removes the record. Values that no step names keep their bytes. */
export type RecordTransform = (data: Members) => Members | undefined;

/**
 * The transform of a stream: first the selected fields, then the steps in order, as the mappers of the platform.
 *
 * @param kept fields that are taken; undefined takes all
 * @returns undefined when nothing is to be done, so that records pass unparsed
 */
export function recordTransform(
  kept: ReadonlySet<string> | undefined,
  steps: readonly TransformStep[],
): RecordTransform | undefined {
  if (kept === undefined && steps.length === 0) return undefined;
  const changes = steps.map(changeOf);
  return (data) => {
    let current: Members | undefined =
      kept === undefined ? data : new Map([...data].filter(([field]) => kept.has(field)));
    for (const change of changes) {
      current = change(current);
      if (current === undefined) return undefined;
    }
    return current;
  };
}

/** The fields that a selection takes of those that exist; undefined when it takes all. */
export function keptFields(
  selection: FieldSelection | undefined,
  fields: readonly string[],
): ReadonlySet<string> | undefined {
  if (selection === undefined) return undefined;
  if ('include' in selection) return new Set(selection.include);
  const excluded = new Set(selection.exclude);
  return excluded.size === 0 ? undefined : new Set(fields.filter((field) => !excluded.has(field)));
}

function changeOf(step: TransformStep): RecordTransform {
  switch (step.kind) {
    case 'drop':
      return (data) => {
        data.delete(step.field);
        return data;
      };
    case 'rename':
      return (data) => replace(data, step.field, step.to, (value) => value);
    case 'hash': {
      const algorithm = step.method.replace('-', '').toLowerCase();
      const digest = (value: string): string =>
        value === 'null' ? value : `"${createHash(algorithm).update(textOf(value)).digest('hex')}"`;
      return (data) => replace(data, step.field, step.field + step.suffix, digest);
    }
    case 'filter': {
      const wantsEqual = step.keeps === 'equal';
      return (data) => (isEqual(data.get(step.field), step.value) === wantsEqual ? data : undefined);
    }
    case 'encrypt':
      // Plans refuse it before a run starts.
      throw new SystemError(`The transform step encrypt of field "${step.field}" cannot run here.`, {
        code: 'TRANSFORM_NOT_LOCAL',
      });
    default: {
      const missing: never = step;
      return missing;
    }
  }
}

/** Puts a changed value under another key, in the same place; an absent field stays absent. */
function replace(data: Members, field: string, to: string, change: (value: string) => string): Members {
  if (!data.has(field)) return data;
  const result: Members = new Map();
  for (const [key, value] of data) {
    if (key === field) result.set(to, change(value));
    else if (key !== to) result.set(key, value);
  }
  return result;
}

/** Null and absent fields are equal to nothing. */
function isEqual(value: string | undefined, wanted: string): boolean {
  return value !== undefined && value !== 'null' && textOf(value) === wanted;
}

/** A text as it is, a number by its digits, anything else as JSON. */
function textOf(value: string): string {
  return value.startsWith('"') ? (JSON.parse(value) as string) : value;
}
