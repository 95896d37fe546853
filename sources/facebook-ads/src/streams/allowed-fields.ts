import { isKnownError } from '@cuttle/protocol';
import { NO_PERMISSION } from '../error-table.js';

/**
 * The fields that the token may read, found by asking for halves: a refusal does not say which field it means.
 *
 * @param ask makes a request with some of the fields
 * @throws what a request with no field but `id` throws
 */
export async function allowedFields(
  fields: readonly string[],
  ask: (fields: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  await ask(['id']);
  return search(fields, ask);
}

async function search(
  fields: readonly string[],
  ask: (fields: readonly string[]) => Promise<void>,
): Promise<readonly string[]> {
  try {
    await ask(fields);
    return fields;
  } catch (error) {
    if (!isNoPermission(error)) throw error;
  }
  if (fields.length < 2) return [];
  const middle = Math.ceil(fields.length / 2);
  return [...(await search(fields.slice(0, middle), ask)), ...(await search(fields.slice(middle), ask))];
}

/** Whether an error says that the token may not see something. */
export function isNoPermission(error: unknown): boolean {
  return isKnownError(error) && error.code === NO_PERMISSION;
}
