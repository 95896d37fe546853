import fs from 'node:fs';
import path from 'node:path';
import { type AirbyteStream, isJsonObject } from '@cuttle/protocol';

/** Largest catalog file that is read, in bytes. */
const MAX_CATALOG_BYTES = 20 * 1024 * 1024;

/** File of the committed catalog of a source, from the stack's folder. */
export function catalogFile(stack: string, source: string): string {
  return path.join(stack, 'catalogs', `${source.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}.json`);
}

/**
 * The streams of a source's committed catalog: what `cuttle discover SOURCE --json` wrote into
 * `<stack>/catalogs/<source>.json`. Undefined without such a file, an Error when it is none.
 */
export function readCommittedCatalog(stack: string, source: string): readonly AirbyteStream[] | Error | undefined {
  const file = catalogFile(stack, source);
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.size > MAX_CATALOG_BYTES) return new Error('it is too large');
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    const catalog = isJsonObject(value) && isJsonObject(value['catalog']) ? value['catalog'] : value;
    const streams = isJsonObject(catalog) ? catalog['streams'] : undefined;
    const isCatalog =
      Array.isArray(streams) &&
      streams.every(
        (stream) => isJsonObject(stream) && typeof stream['name'] === 'string' && isJsonObject(stream['json_schema']),
      );
    return isCatalog ? (streams as unknown as readonly AirbyteStream[]) : new Error('it holds no streams');
  } catch {
    return new Error('it is no JSON');
  }
}

/** Top level fields of a stream. */
export function fieldsOf(stream: AirbyteStream): readonly string[] {
  const properties = stream.json_schema['properties'];
  return isJsonObject(properties) ? Object.keys(properties) : [];
}
