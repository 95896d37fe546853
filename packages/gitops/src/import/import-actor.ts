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
  const config = configDocument(actor.configuration, { schemas, isLocal, reference, path: [] });
  return { kind: role === 'source' ? 'Source' : 'Destination', name: actor.name, connector, config };
}

interface Place {
  readonly schemas: readonly JsonSchema[] | undefined;
  readonly isLocal: boolean;
  readonly reference: (path: string) => JsonObject;
  readonly path: readonly string[];
}

function configDocument(config: JsonObject, place: Place): JsonObject {
  const entries = Object.entries(config).flatMap(([key, value]): [string, Json][] => {
    const schemas = place.schemas?.flatMap((schema) => propertySchemas(schema, key));
    const fallback = schemas?.find((schema) => schema['default'] !== undefined)?.['default'];
    const isDefault = fallback !== undefined && value !== null && canonicalJson(fallback) === canonicalJson(value);
    if ((isDefault && place.isLocal) || value === null) return [];
    return [[key, valueDocument(value, { ...place, schemas, path: [...place.path, key] })]];
  });
  return Object.fromEntries(entries);
}

function valueDocument(value: Json, place: Place): Json {
  const { schemas, path } = place;
  const isSecret = schemas?.some((schema) => schema['airbyte_secret'] === true) === true;
  if (isSecret || isMasked(value)) return place.reference(path.join('_'));
  if (Array.isArray(value)) {
    const items = schemas?.flatMap((schema) => (isJsonObject(schema['items']) ? [schema['items']] : []));
    return value.map((part: Json, index) =>
      valueDocument(part, { ...place, schemas: items, path: [...path, String(index)] }),
    );
  }
  return isJsonObject(value) ? configDocument(value, place) : value;
}
