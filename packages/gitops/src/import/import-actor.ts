import { propertySchemas } from '@cuttle/project';
import { canonicalJson, isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';
import type { RemoteActor } from '../client/wire.js';
import { isMasked } from '../model/leaves.js';

/** Makes names of environment variables, each once. */
export class VariableNames {
  readonly #used = new Set<string>();

  /** `stripe-ext`, `api_key` -> `STRIPE_EXT_API_KEY`. */
  make(owner: string, path: string): string {
    const text = `${owner}_${path}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
    const base = /^[A-Z_]/.test(text) ? text : `_${text}`;
    let name = base;
    for (let count = 2; this.#used.has(name); count += 1) name = `${base}_${count}`;
    this.#used.add(name);
    return name;
  }

  /** All names so far, sorted. */
  all(): readonly string[] {
    return [...this.#used].sort();
  }
}

/** The connector of what is imported. */
export interface ImportedConnector {
  /** Key in the documents. */
  readonly key: string;
  readonly spec: JsonSchema | undefined;
  /** Whether the spec lies in the repository, so that a plan knows its defaults. */
  readonly isLocal: boolean;
}

/** A source or destination as a document: secrets as references, values that are a local spec's defaults left out. */
export function importActor(
  role: 'source' | 'destination',
  actor: RemoteActor,
  { key: connector, spec, isLocal }: ImportedConnector,
  variables: VariableNames,
): JsonObject {
  const schemas = spec === undefined ? undefined : [spec];
  const reference = (path: string): JsonObject => ({ $env: variables.make(actor.name, path) });
  const known = isLocal ? spec : undefined;
  const config = configDocument(actor.configuration, { schemas, known, reference, path: [] });
  return { kind: role === 'source' ? 'Source' : 'Destination', name: actor.name, connector, config };
}

interface Place {
  /** Schemas of the value, those of every variant included. */
  readonly schemas: readonly JsonSchema[] | undefined;
  /** The schema whose defaults a plan fills in: outside of variants and lists, of a spec in the repository. */
  readonly known: JsonSchema | undefined;
  readonly reference: (path: string) => JsonObject;
  readonly path: readonly string[];
}

function configDocument(config: JsonObject, place: Place): JsonObject {
  const entries = Object.entries(config).flatMap(([key, value]): [string, Json][] => {
    const schemas = place.schemas?.flatMap((schema) => propertySchemas(schema, key));
    const known = ownProperty(place.known, key);
    if (value === null || isDefault(place.known, known, key, value)) return [];
    return [[key, valueDocument(value, { ...place, schemas, known, path: [...place.path, key] })]];
  });
  return Object.fromEntries(entries);
}

function ownProperty(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  const properties = schema?.['properties'];
  const found = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isJsonObject(found) ? found : undefined;
}

/** Whether a value need not be written: one that the spec demands must be, whatever it is. */
function isDefault(owner: JsonSchema | undefined, schema: JsonSchema | undefined, key: string, value: Json): boolean {
  const fallback = schema?.['default'];
  const required = owner?.['required'];
  if (fallback === undefined || (Array.isArray(required) && required.includes(key))) return false;
  return canonicalJson(fallback) === canonicalJson(value);
}

function valueDocument(value: Json, place: Place): Json {
  const { schemas, path } = place;
  const isSecret = schemas?.some((schema) => schema['airbyte_secret'] === true) === true;
  if (isSecret || isMasked(value)) return place.reference(path.join('_'));
  if (Array.isArray(value)) {
    const items = schemas?.flatMap((schema) => (isJsonObject(schema['items']) ? [schema['items']] : []));
    return value.map((part: Json, index) =>
      valueDocument(part, { ...place, schemas: items, known: undefined, path: [...path, String(index)] }),
    );
  }
  return isJsonObject(value) ? configDocument(value, place) : value;
}
