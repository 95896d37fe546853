import { ConfigError, isJsonObject, type Json, type JsonObject, type JsonSchema } from '@cuttle/protocol';
import type { ConfigEntry, ConnectorInstance } from './connector-instance.js';
import type { Position } from './diagnostic.js';
import { decodeReference, describeReference, isReference } from './reference.js';
import { type Environment, type ResolvedConfig, Resolver, resolveConfig, unresolved } from './resolve-config.js';

/** A place of a config that holds a secret; its value is read only when it has to be sent. */
export interface SecretPlace {
  readonly path: readonly (string | number)[];
  /** `$env NAME`; holds no value. */
  readonly reference: string;
  readonly position: Position;
  /** False when no spec says that it is secret: any reference may be one then. */
  readonly isCertain: boolean;
  /** The value, or undefined when the variable or file is not there. */
  peek(): Json | undefined;
  /** @throws {ConfigError} `REFERENCE_UNRESOLVED` */
  read(): Json;
}

/** A config whose secrets are still references. */
export interface PreparedConfig {
  /** Everything that is not secret, resolved; null stands at the places of secrets. */
  readonly plain: JsonObject;
  readonly secrets: readonly SecretPlace[];
  /** What could not be resolved, one sentence each with its file:line:column. */
  readonly problems: readonly string[];
}

/**
 * Resolves what is not secret and leaves the secrets where they are. Without a spec every reference counts as a secret.
 */
export function prepareConfig(instance: ConnectorInstance, environment: Environment): PreparedConfig {
  const problems: string[] = [];
  const secrets: SecretPlace[] = [];
  const plain = instance.config.map((entry): [string, Json] => {
    const walk = new Walk(entry, environment, problems, secrets);
    const schemas = instance.spec === undefined ? undefined : propertySchemas(instance.spec, entry.key);
    return [entry.key, walk.visit(entry.value, [], schemas)];
  });
  return { plain: Object.fromEntries(plain), secrets, problems };
}

/**
 * A config for a command that connects nowhere: a word stands in the place of each secret, and none is read. Without a
 * spec nobody knows which values are secret, and all are resolved.
 *
 * @throws {ConfigError} `REFERENCE_UNRESOLVED` for what is not secret
 */
export function configWithoutSecrets(instance: ConnectorInstance, environment: Environment): ResolvedConfig {
  if (instance.spec === undefined) return resolveConfig(instance, environment);
  const { plain, secrets, problems } = prepareConfig(instance, environment);
  if (problems.length > 0) throw unresolved(instance, problems);
  const config = structuredClone(plain) as { [key: string]: Json };
  for (const { path } of secrets) {
    let parent = config;
    for (const part of path.slice(0, -1)) parent = parent[part] as typeof config;
    parent[path.at(-1)!] = 'not needed';
  }
  return { config, secrets: [] };
}

class Walk {
  private readonly entry: ConfigEntry;
  private readonly environment: Environment;
  private readonly problems: string[];
  private readonly secrets: SecretPlace[];

  constructor(entry: ConfigEntry, environment: Environment, problems: string[], secrets: SecretPlace[]) {
    this.entry = entry;
    this.environment = environment;
    this.problems = problems;
    this.secrets = secrets;
  }

  visit(value: Json, below: readonly (string | number)[], schemas: readonly JsonSchema[] | undefined): Json {
    const isSecret = schemas?.some((schema) => schema['airbyte_secret'] === true) ?? isReference(value);
    if (isSecret) {
      this.secrets.push(this.place(value, below, schemas !== undefined));
      return null;
    }
    if (isReference(value)) return this.resolver(this.problems).resolve(value, below);
    if (Array.isArray(value)) {
      const items = schemas?.flatMap((schema) => (isJsonObject(schema['items']) ? [schema['items']] : []));
      return value.map((part: Json, index) => this.visit(part, [...below, index], items));
    }
    if (!isJsonObject(value)) return value;
    const parts = Object.entries(value).map(([key, part]): [string, Json] => {
      const found = schemas?.flatMap((schema) => propertySchemas(schema, key));
      return [key, this.visit(part, [...below, key], found)];
    });
    return Object.fromEntries(parts);
  }

  private place(value: Json, below: readonly (string | number)[], isCertain: boolean): SecretPlace {
    const reference = decodeReference(value);
    const read = (problems: string[]): Json => this.resolver(problems).resolve(value, below);
    return {
      path: [this.entry.key, ...below],
      reference: reference === undefined ? 'literal' : describeReference(reference),
      position: this.entry.yaml.at([...this.entry.path, ...below]),
      isCertain,
      peek: () => {
        const problems: string[] = [];
        const found = read(problems);
        return problems.length === 0 ? found : undefined;
      },
      read: () => {
        const problems: string[] = [];
        const found = read(problems);
        if (problems.length === 0) return found;
        throw new ConfigError(problems.join('\n'), { code: 'REFERENCE_UNRESOLVED' });
      },
    };
  }

  private resolver(problems: string[]): Resolver {
    return new Resolver(this.entry, this.environment, problems, { fromFiles: [], fromEnvironment: [] }, 'airbyte');
  }
}

/** Schemas of a property: its own and those of every variant. */
export function propertySchemas(schema: JsonSchema, key: string): readonly JsonSchema[] {
  const properties = schema['properties'];
  const own = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  const variants = [schema['oneOf'], schema['anyOf'], schema['allOf']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isJsonObject) : [],
  );
  return [...(isJsonObject(own) ? [own] : []), ...variants.flatMap((variant) => propertySchemas(variant, key))];
}

/** Resolves one value of a document for an Airbyte server; problems are added to the list. */
export function resolveValue(entry: ConfigEntry, environment: Environment, problems: string[]): Json {
  return new Resolver(entry, environment, problems, { fromFiles: [], fromEnvironment: [] }, 'airbyte').resolve(
    entry.value,
    [],
  );
}
