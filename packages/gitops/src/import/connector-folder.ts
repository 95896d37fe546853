import fs from 'node:fs';
import path from 'node:path';
import { readConnectorSpec } from '@cuttle/project';
import { isJsonObject } from '@cuttle/protocol';

/**
 * Whether a folder holds the connector of an image: the same name, without registry or scope, and the same version. The
 * spec of another version would refuse configs that the image takes.
 */
export function isFolderOf(folder: string, repository: string, tag: string): boolean {
  if (readConnectorSpec(folder) === undefined) return false;
  try {
    const own: unknown = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return isJsonObject(own) && lastPart(own['name']) === lastPart(repository) && own['version'] === tag;
  } catch {
    return false;
  }
}

function lastPart(name: unknown): string {
  return String(name).replace(/^.*\//, '');
}
