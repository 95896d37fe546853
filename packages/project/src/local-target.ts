import { ConfigError, isJsonObject, type JsonObject } from '@cuttle/protocol';
import { formatPosition } from './diagnostic.js';
import type { Project } from './document.js';
import { didYouMean } from './suggest.js';
import type { DocumentPath } from './yaml-file.js';

/** Name of the target that a run takes when none is given. */
export const DEFAULT_TARGET = 'local';

/** How long the runner waits, in seconds. */
export interface LocalTimeouts {
  readonly sourceSeconds?: number;
  readonly destinationSeconds?: number;
  readonly finishSeconds?: number;
}

/** A target that needs no Airbyte. */
export interface LocalTarget {
  readonly name: string;
  /** Destination of the documents -> destination used on this target. */
  readonly destinationOverrides: ReadonlyMap<string, string>;
  /** Path of `configOverrides` in the Project document; undefined when there are none. */
  readonly overridesPath?: DocumentPath;
  readonly timeouts: LocalTimeouts;
}

/**
 * The target of a local run. A project without a target `local` has one with no overrides.
 *
 * @throws {ConfigError} `TARGET_UNKNOWN`; `TARGET_NOT_LOCAL` when the target is an Airbyte server
 */
export function localTarget(project: Project, name: string): LocalTarget {
  const targets = project.settings?.value['targets'];
  const all = isJsonObject(targets) ? targets : {};
  const value = Object.hasOwn(all, name) ? all[name] : undefined;
  if (!isJsonObject(value)) {
    if (name === DEFAULT_TARGET) return { name, destinationOverrides: new Map(), timeouts: {} };
    const known = new Set([...Object.keys(all), DEFAULT_TARGET]);
    throw new ConfigError(`Project "${project.name}" has no target "${name}".${didYouMean(name, known)}`, {
      code: 'TARGET_UNKNOWN',
    });
  }
  if (value['type'] !== 'local') {
    const at = formatPosition(project.settings!.yaml.keyAt(['targets', name]));
    throw new ConfigError(
      `${at} Target "${name}" is an Airbyte server. This version runs connections on local targets only.`,
      { code: 'TARGET_NOT_LOCAL' },
    );
  }
  return decodeTarget(name, value);
}

function decodeTarget(name: string, value: JsonObject): LocalTarget {
  const swaps = isJsonObject(value['destinationOverrides']) ? value['destinationOverrides'] : {};
  return {
    name,
    destinationOverrides: new Map(Object.entries(swaps).map(([from, to]) => [from, String(to)])),
    ...(isJsonObject(value['configOverrides']) ? { overridesPath: ['targets', name, 'configOverrides'] } : {}),
    timeouts: isJsonObject(value['timeouts']) ? (value['timeouts'] as LocalTimeouts) : {},
  };
}
