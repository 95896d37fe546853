import path from 'node:path';
import { ConfigError, isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import { formatPosition } from './diagnostic.js';
import type { Project } from './document.js';
import { resolveValue } from './prepare-config.js';
import type { Environment } from './resolve-config.js';
import { didYouMean } from './suggest.js';
import type { DocumentPath } from './yaml-file.js';

/** How requests to an Airbyte server prove who sends them. */
export type AirbyteAuth =
  | { readonly kind: 'client'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'none' };

/** An Airbyte server as the documents name it, references resolved. */
export interface AirbyteTarget {
  readonly name: string;
  /** Without a slash at the end. */
  readonly url: string;
  /** Name or id; undefined takes the only workspace. */
  readonly workspace?: string;
  /** Absolute path of the lock file. */
  readonly lock?: string;
  readonly auth: AirbyteAuth;
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly destinationOverrides: ReadonlyMap<string, string>;
  readonly overridesPath?: DocumentPath;
  /** Values that must stand in no output. */
  readonly secrets: readonly string[];
}

/** Names of the project's Airbyte targets. */
export function airbyteTargets(project: Project): readonly string[] {
  return Object.entries(targetsOf(project))
    .filter(([, value]) => isJsonObject(value) && value['type'] === 'airbyte')
    .map(([name]) => name);
}

/**
 * The Airbyte target with a name; without one the only one there is.
 *
 * @throws {ConfigError} `TARGET_UNKNOWN`, `TARGET_NOT_AIRBYTE`, `REFERENCE_UNRESOLVED`, `TARGET_URL_INVALID`
 */
export function airbyteTarget(project: Project, name: string | undefined, environment: Environment): AirbyteTarget {
  const known = airbyteTargets(project);
  const wanted = name ?? (known.length === 1 ? known[0] : undefined);
  if (wanted === undefined) {
    const reason = known.length === 0 ? 'has no Airbyte target' : `has several Airbyte targets (${known.join(', ')})`;
    throw new ConfigError(`Project "${project.name}" ${reason}; name one with --target.`, { code: 'TARGET_UNKNOWN' });
  }
  const value = targetsOf(project)[wanted];
  if (!isJsonObject(value)) {
    throw new ConfigError(`Project "${project.name}" has no target "${wanted}".${didYouMean(wanted, known)}`, {
      code: 'TARGET_UNKNOWN',
    });
  }
  if (value['type'] !== 'airbyte') {
    const at = formatPosition(project.settings!.yaml.keyAt(['targets', wanted]));
    throw new ConfigError(`${at} Target "${wanted}" is no Airbyte server.`, { code: 'TARGET_NOT_AIRBYTE' });
  }
  return decode(project, wanted, value, environment);
}

function targetsOf(project: Project): JsonObject {
  const targets = project.settings?.value['targets'];
  return isJsonObject(targets) ? targets : {};
}

function decode(project: Project, name: string, value: JsonObject, environment: Environment): AirbyteTarget {
  const problems: string[] = [];
  const settings = project.settings!;
  const resolve = (path: readonly string[], part: Json): string => {
    const entry = { key: path.at(-1)!, value: part, yaml: settings.yaml, path: ['targets', name, ...path] };
    return String(resolveValue({ ...entry, folder: settings.folder }, environment, problems));
  };
  const url = resolve(['url'], value['url'] ?? '').replace(/\/+$/, '');
  const auth = decodeAuth(isJsonObject(value['auth']) ? value['auth'] : {}, (key, part) =>
    resolve(['auth', key], part),
  );
  const headers = Object.entries(isJsonObject(value['headers']) ? value['headers'] : {}).map(([header, part]) => [
    header,
    resolve(['headers', header], part),
  ]);
  const workspace = value['workspace'] === undefined ? undefined : resolve(['workspace'], value['workspace']);
  if (problems.length > 0) {
    throw new ConfigError(`Target "${name}" cannot be reached:\n${problems.join('\n')}`, {
      code: 'REFERENCE_UNRESOLVED',
    });
  }
  refuseBadUrl(url, formatPosition(settings.yaml.at(['targets', name, 'url'])));
  const swaps = isJsonObject(value['destinationOverrides']) ? value['destinationOverrides'] : {};
  return {
    name,
    url,
    ...(workspace === undefined ? {} : { workspace }),
    ...(typeof value['lock'] === 'string' ? { lock: path.resolve(settings.folder, value['lock']) } : {}),
    auth,
    headers: Object.fromEntries(headers),
    destinationOverrides: new Map(Object.entries(swaps).map(([from, to]) => [from, String(to)])),
    ...(isJsonObject(value['configOverrides']) ? { overridesPath: ['targets', name, 'configOverrides'] } : {}),
    secrets: [...secretsOf(auth), ...headers.map(([, text]) => String(text))],
  };
}

function decodeAuth(auth: JsonObject, resolve: (key: string, value: Json) => string): AirbyteAuth {
  const { clientId, clientSecret, username, password } = auth;
  if (clientId !== undefined && clientSecret !== undefined) {
    return {
      kind: 'client',
      clientId: resolve('clientId', clientId),
      clientSecret: resolve('clientSecret', clientSecret),
    };
  }
  if (username !== undefined && password !== undefined) {
    return { kind: 'basic', username: resolve('username', username), password: resolve('password', password) };
  }
  return { kind: 'none' };
}

function secretsOf(auth: AirbyteAuth): readonly string[] {
  if (auth.kind === 'none') return [];
  if (auth.kind === 'client') return [auth.clientSecret];
  return [auth.password, Buffer.from(`${auth.username}:${auth.password}`).toString('base64')];
}

function refuseBadUrl(text: string, at: string): void {
  const isUrl = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (isUrl && new URL(text).username === '') return;
  const message = `${at} The url of the target is no address such as https://airbyte.example.com.`;
  throw new ConfigError(message, { code: 'TARGET_URL_INVALID' });
}
