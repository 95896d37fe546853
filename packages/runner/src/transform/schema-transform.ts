import type { TransformStep } from '@cuttle/project';
import { type FieldPath, isJsonObject, type Json, type JsonSchema } from '@cuttle/protocol';

/** The schema of a stream as the destination gets it: selected fields, then the steps of its transform. */
export function transformSchema(
  schema: JsonSchema,
  kept: ReadonlySet<string> | undefined,
  steps: readonly TransformStep[],
): JsonSchema {
  if (kept === undefined && steps.length === 0) return schema;
  const properties = isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  let entries: readonly (readonly [string, Json])[] = properties.filter(([field]) => kept?.has(field) ?? true);
  for (const step of steps) entries = changeEntries(entries, step);
  const names = new Set(entries.map(([field]) => field));
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((field) => names.has(String(field)))
    : [];
  const { required: _required, ...rest } = schema;
  return {
    ...rest,
    properties: Object.fromEntries(entries),
    ...(required.length === 0 ? {} : { required }),
  };
}

function changeEntries(
  entries: readonly (readonly [string, Json])[],
  step: TransformStep,
): readonly (readonly [string, Json])[] {
  const to = renamedField(step.field, step);
  if (to === undefined) return entries.filter(([field]) => field !== step.field);
  if (to === step.field && step.kind !== 'hash') return entries;
  return entries
    .filter(([field]) => field === step.field || field !== to)
    .map(([field, schema]) => {
      if (field !== step.field) return [field, schema];
      return [to, step.kind === 'hash' ? { type: ['null', 'string'] } : schema];
    });
}

/** What a field is called behind a step; undefined when the step removes it. */
function renamedField(field: string, step: TransformStep): string | undefined {
  if (field !== step.field) return field;
  if (step.kind === 'drop') return undefined;
  if (step.kind === 'rename') return step.to;
  return step.kind === 'hash' ? field + step.suffix : field;
}

/** A key or cursor path behind the steps; undefined when a step removes its field. */
export function transformPath(path: FieldPath, steps: readonly TransformStep[]): FieldPath | undefined {
  let [field, ...rest] = path;
  for (const step of steps) field = field === undefined ? undefined : renamedField(field, step);
  return field === undefined ? undefined : [field, ...rest];
}
