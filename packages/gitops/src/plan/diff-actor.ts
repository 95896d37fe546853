import type { SecretPlace, WantedActor } from '@cuttle/project';
import { isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';
import type { RemoteActor } from '../client/wire.js';
import { configLeaves, isMasked, type Leaves, MASK, valueAt, withDefaults } from '../model/leaves.js';
import type { Fingerprints, LockEntry } from '../model/lock.js';
import type { FieldChange, SecretChange } from '../model/plan.js';
import { diffLeaves } from './diff.js';

/** What tells one secret from another. */
export interface SecretRules {
  readonly fingerprints: Fingerprints;
  readonly entry: LockEntry | undefined;
  /** Whether a secret is sent although nothing says that it changed. */
  isAsked(place: SecretPlace): boolean;
}

/** How a source or destination differs from the documents. */
export interface ActorDiff {
  readonly fields: readonly FieldChange[];
  readonly secrets: readonly SecretChange[];
  /** Dotted paths of the secrets whose values have to be sent. */
  readonly send: ReadonlySet<string>;
  /** Dotted paths of secrets that nothing can compare. */
  readonly uncompared: readonly string[];
}

/** Dotted form of a path. */
export function dotted(path: readonly (string | number)[]): string {
  return path.join('.');
}

/** Values of a source or destination that documents and server can both show; secrets are left out. */
export function wantedActorLeaves(wanted: WantedActor, spec: JsonSchema | undefined, remote?: RemoteActor): Leaves {
  const secret = secretsIn(wanted, remote);
  const shown: Record<string, Json> = { ...configLeaves(withDefaults(spec, wanted.config.plain)) };
  for (const place of wanted.config.secrets) {
    const path = dotted(place.path);
    // Without a spec it may be an ordinary value; then it compares like one.
    const value = secret.has(path) ? undefined : place.peek();
    if (value !== undefined) shown[path] = value;
    else delete shown[path];
  }
  return { ...prefixed(shown), name: wanted.name };
}

/** The same of what was read. @param hidden dotted paths of secrets */
export function remoteActorLeaves(
  remote: RemoteActor,
  spec: JsonSchema | undefined,
  hidden: ReadonlySet<string>,
): Leaves {
  const leaves = configLeaves(withDefaults(spec, remote.configuration));
  const shown = Object.entries(leaves).filter(([path, value]) => !hidden.has(path) && !isMasked(value));
  return { ...prefixed(Object.fromEntries(shown)), name: remote.name };
}

function prefixed(leaves: Leaves): Leaves {
  return Object.fromEntries(Object.entries(leaves).map(([path, value]) => [`config.${path}`, value]));
}

/** Dotted paths of what is secret: what the spec says, and without a spec what the server masks. */
export function secretsIn(wanted: WantedActor, remote: RemoteActor | undefined): ReadonlySet<string> {
  const found = wanted.config.secrets.filter((place) => {
    if (place.isCertain) return true;
    const value = valueAt(remote?.configuration, place.path);
    return value === undefined || isMasked(value) || place.peek() === undefined;
  });
  return new Set(found.map(({ path }) => dotted(path)));
}

/** Compares a source or destination with what was read. */
export function diffActor(
  wanted: WantedActor,
  remote: RemoteActor,
  spec: JsonSchema | undefined,
  rules: SecretRules,
): ActorDiff {
  const hidden = secretsIn(wanted, remote);
  const fields = diffLeaves(
    wantedActorLeaves(wanted, spec, remote),
    remoteActorLeaves(remote, spec, hidden),
    rules.entry?.applied,
  );
  const places = wanted.config.secrets.filter(({ path }) => hidden.has(dotted(path)));
  const found = places.map((place) => ({ place, state: secretState(place, remote, rules) }));
  const removed = removedSecrets(remote.configuration, hidden);
  const changes: SecretChange[] = found.flatMap(({ place, state }) =>
    state === 'new' || state === 'rotated' || state === 'asked'
      ? [{ field: dotted(place.path), state, reference: place.reference }]
      : [],
  );
  const isWritten = fields.length + changes.length + removed.length > 0;
  const needed = isWritten ? found.filter(({ place, state }) => isInList(place) && !isSent(state)) : [];
  const inLists = needed.map(
    ({ place }): SecretChange => ({ field: dotted(place.path), state: 'needed', reference: place.reference }),
  );
  return {
    fields,
    secrets: [...changes, ...inLists, ...removed],
    send: new Set([...changes, ...inLists].map(({ field }) => field)),
    uncompared: found.filter(({ state }) => state === 'uncompared').map(({ place }) => dotted(place.path)),
  };
}

type SecretState = 'new' | 'rotated' | 'asked' | 'same' | 'absent' | 'uncompared';

function isSent(state: SecretState): boolean {
  return state === 'new' || state === 'rotated' || state === 'asked';
}

function secretState(place: SecretPlace, remote: RemoteActor, rules: SecretRules): SecretState {
  const before = valueAt(remote.configuration, place.path);
  if (before === undefined || before === null || before === '') return 'new';
  if (rules.isAsked(place)) return 'asked';
  const value = place.peek();
  // Nothing is known of it here, so nothing can be sent: what is stored stays.
  if (value === undefined) return 'absent';
  const known = rules.entry?.secrets?.[dotted(place.path)];
  const own = rules.fingerprints.of(`${remote.id} ${dotted(place.path)}`, value);
  if (own === undefined || known === undefined) return 'uncompared';
  return own === known ? 'same' : 'rotated';
}

/** Secrets that the server has and the documents do not name. */
function removedSecrets(configuration: JsonObject, hidden: ReadonlySet<string>): readonly SecretChange[] {
  return Object.entries(configLeaves(configuration))
    .filter(([path, value]) => isMasked(value) && !hidden.has(path))
    .map(([field]): SecretChange => ({ field, state: 'removed' }));
}

/** Whether a secret stands in a list, where the server keeps nothing for a mask. */
export function isInList(place: SecretPlace): boolean {
  return place.path.some((part) => typeof part === 'number');
}

/**
 * The config to send. Secrets that are not sent go as their mask, which keeps what is stored.
 *
 * @param send dotted paths of secrets to send; undefined sends all
 * @param remote what is stored now
 * @throws {ConfigError} `REFERENCE_UNRESOLVED`
 */
export function configToSend(
  wanted: WantedActor,
  send: ReadonlySet<string> | undefined,
  remote: RemoteActor | undefined,
): { readonly config: JsonObject; readonly secrets: readonly Json[] } {
  const secrets: Json[] = [];
  const hidden = secretsIn(wanted, remote);
  let config: Json = wanted.config.plain;
  for (const place of wanted.config.secrets) {
    const path = dotted(place.path);
    const isKept = send !== undefined && hidden.has(path) && !send.has(path);
    const value = isKept ? MASK : place.read();
    if (!isKept) secrets.push(value);
    config = put(config, place.path, value);
  }
  return { config: isJsonObject(config) ? config : {}, secrets };
}

function put(config: Json, path: readonly (string | number)[], value: Json): Json {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(config)) {
    return config.map((part: Json, index) => (index === first ? put(part, rest, value) : part));
  }
  const map = isJsonObject(config) ? config : {};
  return { ...map, [first]: put(map[first] ?? null, rest, value) };
}
