import fs from 'node:fs';
import path from 'node:path';
import { ConfigError, isJsonObject, type Json, type JsonObject } from '@cuttle/protocol';
import { secretValues } from './config-schema.js';
import type { ConfigEntry, ConnectorInstance } from './connector-instance.js';
import { formatPosition } from './diagnostic.js';
import { decodeReference, describeReference, isReference, type Reference, type ReferenceType } from './reference.js';

/** Largest file that `$file` reads, in bytes. */
const MAX_REFERENCED_BYTES = 1024 * 1024;

/** The environment that `$env` reads. */
export type Environment = { readonly [name: string]: string | undefined };

/** A config as the connector gets it. */
export interface ResolvedConfig {
  readonly config: JsonObject;
  /**
   * Values to mask in every text: those at secret places of the spec and those read from files; without a spec also
   * those read from the environment, since any of them may be secret.
   */
  readonly secrets: readonly string[];
}

/**
 * Replaces the references of a config by their values. This is the only place where secret values enter.
 *
 * @throws {ConfigError} `REFERENCE_UNRESOLVED`, naming every missing variable, file and secret at once with its
 *   file:line:column, and no value
 */
export function resolveConfig(instance: ConnectorInstance, environment: Environment): ResolvedConfig {
  const problems: string[] = [];
  const fromFiles: string[] = [];
  const fromEnvironment: string[] = [];
  const entries = instance.config.map((entry): [string, Json] => {
    const resolver = new Resolver(entry, environment, problems, { fromFiles, fromEnvironment });
    return [entry.key, resolver.resolve(entry.value, [])];
  });
  if (problems.length > 0) throw unresolved(instance, problems);
  const config = Object.fromEntries(entries);
  const secrets = instance.spec === undefined ? fromEnvironment : secretValues(instance.spec, config);
  return { config, secrets: [...secrets, ...fromFiles] };
}

/** The error of a config with references that lead nowhere. @param problems one sentence each, with its place */
export function unresolved({ role, name }: ConnectorInstance, problems: readonly string[]): ConfigError {
  const message = `The config of ${role} "${name}" cannot be completed:\n${problems.join('\n')}`;
  return new ConfigError(message, { code: 'REFERENCE_UNRESOLVED' });
}

/** Gets the texts that references were replaced by. */
export interface ValuesRead {
  readonly fromFiles: string[];
  readonly fromEnvironment: string[];
}

/** Resolves the references of one config value; what is missing is added to `problems`. */
export class Resolver {
  private readonly entry: ConfigEntry;
  private readonly environment: Environment;
  private readonly problems: string[];
  private readonly values: ValuesRead;
  private readonly target: 'local' | 'airbyte';

  /** @param target an Airbyte server reads `$secretRef` from its own store, a local run has none */
  constructor(
    entry: ConfigEntry,
    environment: Environment,
    problems: string[],
    values: ValuesRead,
    target: 'local' | 'airbyte' = 'local',
  ) {
    this.entry = entry;
    this.environment = environment;
    this.problems = problems;
    this.values = values;
    this.target = target;
  }

  /** The value with its references replaced. @param below path of the value below the entry */
  resolve(value: Json, below: readonly (string | number)[]): Json {
    if (isReference(value)) {
      const reference = decodeReference(value);
      return reference === undefined
        ? this.fail(below, 'The reference is not well formed.')
        : this.read(reference, below);
    }
    if (Array.isArray(value)) return value.map((part: Json, index) => this.resolve(part, [...below, index]));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]): [string, Json] => [key, this.resolve(part, [...below, key])]),
    );
  }

  private read(reference: Reference, below: readonly (string | number)[]): Json {
    switch (reference.kind) {
      case 'env':
        return this.readEnvironment(reference, below);
      case 'file':
        return this.readFile(reference, below);
      case 'secret': {
        if (this.target === 'airbyte') return `secret_coordinate::${reference.path}`;
        const hint = 'A local run has no secret store; use $env or $file here, or in configOverrides of this target.';
        return this.fail(below, `${describeReference(reference)} cannot be read. ${hint}`);
      }
      default: {
        const missing: never = reference;
        return missing;
      }
    }
  }

  private readEnvironment(reference: Reference & { readonly kind: 'env' }, below: readonly (string | number)[]): Json {
    const text = this.environment[reference.name];
    if (text === undefined || text === '') {
      if (reference.fallback !== undefined) return reference.fallback;
      const state = text === undefined ? 'is not set' : 'is empty';
      return this.fail(below, `The environment variable ${reference.name} ${state}.`);
    }
    this.values.fromEnvironment.push(text);
    const value = convert(text, reference.as);
    if (value !== undefined) return value;
    return this.fail(below, `The environment variable ${reference.name} is not of type ${reference.as}.`);
  }

  private readFile(reference: Reference & { readonly kind: 'file' }, below: readonly (string | number)[]): Json {
    const name = typeof reference.path === 'string' ? reference.path : this.read(reference.path, below);
    if (typeof name !== 'string') return null;
    const file = path.resolve(this.entry.folder, name);
    try {
      const found = fs.statSync(file);
      if (!found.isFile()) return this.fail(below, `${name} is not a file.`);
      if (found.size > MAX_REFERENCED_BYTES)
        return this.fail(below, `${name} is larger than ${MAX_REFERENCED_BYTES} bytes.`);
      const text = fs.readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      this.values.fromFiles.push(text);
      return text;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
      return this.fail(below, `The file ${name} cannot be read (${code}).`);
    }
  }

  private fail(below: readonly (string | number)[], problem: string): Json {
    const position = this.entry.yaml.at([...this.entry.path, ...below]);
    this.problems.push(`${formatPosition(position)} ${[this.entry.key, ...below].join('.')}: ${problem}`);
    return null;
  }
}

function convert(text: string, as: ReferenceType): Json | undefined {
  switch (as) {
    case 'string':
      return text;
    case 'integer': {
      const value = Number(text);
      return /^[-+]?[0-9]+$/.test(text.trim()) && Number.isSafeInteger(value) ? value : undefined;
    }
    case 'number': {
      const value = Number(text);
      return text.trim() !== '' && Number.isFinite(value) ? value : undefined;
    }
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'json':
      try {
        return JSON.parse(text) as Json;
      } catch {
        return undefined;
      }
    default: {
      const missing: never = as;
      return missing;
    }
  }
}
