import { canonicalJson } from '@cuttle/protocol';
import type { Leaves } from '../model/leaves.js';
import type { FieldChange, Origin } from '../model/plan.js';

/**
 * Values that differ, by name. With what was applied last it is told who changed a value; without, it counts as the
 * documents' change.
 */
export function diffLeaves(wanted: Leaves, actual: Leaves, applied: Leaves | undefined): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(actual)])].sort();
  return names.flatMap((field) => {
    const [after, before] = [wanted[field], actual[field]];
    if (isSame(after, before)) return [];
    const origin = applied === undefined ? 'file' : originOf(after, before, applied[field]);
    return [
      {
        field,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        origin,
      },
    ];
  });
}

function originOf(wanted: unknown, actual: unknown, applied: unknown): Origin {
  if (isSame(wanted, applied)) return 'airbyte';
  return isSame(actual, applied) ? 'file' : 'both';
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a as never) === canonicalJson(b as never);
}
